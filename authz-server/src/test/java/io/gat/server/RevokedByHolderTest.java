package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.gat.FreePort;
import io.gat.admin.OperatorGats;
import io.gat.admin.TestGats;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RFC 7009 where the issuer's clock is not that of the authz servers, or not what it was. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class RevokedByHolderTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();

  private GatConfig config(int issuerPort, int adminPort) {
    String text =
        """
        gat:
          roles: [issuer]
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
            feed: {listen: "tcp://127.0.0.1:0"}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(ISSUER, issuerPort, adminPort);
    return switch (ConfigReader.parse(folder.resolve("gat.yaml"), text, Map.of())) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  @Test
  void revokesWhatAnAuthzServerMayStillOrAlreadyAllow() throws Exception {
    int issuerPort = FreePort.next();
    int adminPort = FreePort.next();
    try (GatServer _ =
        GatServer.start(config(issuerPort, adminPort), OutputStream.nullOutputStream())) {
      SigningKey key = IssuersKey.in(folder.resolve("data"));
      MintedToken good = minted(key, Duration.ZERO);
      MintedToken early = minted(key, Duration.ofMinutes(10));
      MintedToken justExpired = minted(key, Duration.ofMinutes(-3));
      MintedToken longExpired = minted(key, Duration.ofMinutes(-20));
      for (MintedToken one : List.of(good, early, justExpired, longExpired)) {
        assertEquals(200, revoke(issuerPort, one.compact()));
      }
      assertEquals(
          Set.of(good.tokenId(), early.tokenId(), justExpired.tokenId()),
          revoked(adminPort, new TestGats(ISSUER, key)));
    }
  }

  /** One of a minute's life that says it was issued so much later than now. */
  private static MintedToken minted(SigningKey key, Duration later) {
    return new Minter(ISSUER, key, () -> Instant.now().plus(later))
        .mint(
            new MintRequest(
                "orders", List.of("read"), "alice", "shop", Duration.ofMinutes(1), "", Map.of()),
            Jitter.NONE,
            "");
  }

  private int revoke(int port, String token) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/oauth2/revoke"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("token=" + token))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private Set<String> revoked(int port, OperatorGats gats) throws Exception {
    String gat = gats.make("olga", "cli", OperatorGats.ALL_SCOPES, Duration.ofMinutes(5)).compact();
    String list =
        http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/revocations"))
                    .header("authorization", "Bearer " + gat)
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Set<String> values = new HashSet<>();
    for (JsonElement one :
        JsonParser.parseString(list).getAsJsonObject().getAsJsonArray("revocations")) {
      values.add(one.getAsJsonObject().get("value").getAsString());
    }
    return values;
  }
}
