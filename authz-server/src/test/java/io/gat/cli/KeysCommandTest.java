package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.server.GatServer;
import io.gat.server.IssuersKey;
import io.gat.server.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gat keys …} against a running server and beside it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class KeysCommandTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private int issuerPort;
  private int adminPort;
  private GatServer server;

  @BeforeEach
  void start() throws IOException, StartException {
    issuerPort = FreePort.next();
    adminPort = FreePort.next();
    Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        folder.resolve("policy/orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules: [{name: read, paths: ["/v1/{rest=**}"], scopes: ["orders:read"]}]
        """);
    Files.writeString(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix://%s"
            policy: policy/
            trust:
              - issuer: "%s"
                algorithms: [ES256, EdDSA]
                keys: {feed: "tcp://127.0.0.1:9193"}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
            keys: {algorithm: ES256, publish-lead: 0s, rotate-every: 30d, pool: 2}
          health: {listen: "http://127.0.0.1:%d"}
          admin: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(
                folder.resolve("a.sock"), ISSUER, ISSUER, issuerPort, FreePort.next(), adminPort));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    operator("gat:keys");
  }

  @AfterEach
  void end() {
    server.close();
  }

  private GatConfig read() {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  /** An operator's gat by the key that signs now. */
  private void operator(String scope) throws IOException {
    String gat =
        new Minter(ISSUER, IssuersKey.in(folder.resolve("data")), InstantSource.system())
            .mint(
                new MintRequest(
                    "gat-admin",
                    List.of(scope),
                    "olga",
                    "cli",
                    Duration.ofMinutes(5),
                    "",
                    Map.of()),
                Jitter.NONE,
                "somebody")
            .compact();
    Path file = folder.resolve("operator");
    Files.writeString(file, gat);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Run keys(String arguments) {
    List<String> words = new ArrayList<>(List.of("keys"));
    words.addAll(List.of(arguments.split(" ")));
    words.add("--config");
    words.add(folder.resolve("gat.yaml").toString());
    if (!arguments.startsWith("list")) {
      words.add("--operator-token");
      words.add(folder.resolve("operator").toString());
    }
    return Run.gat(words.toArray(String[]::new));
  }

  private JsonObject done(String arguments) {
    Run run = keys(arguments + " --output json");
    assertEquals(0, run.code(), run.err());
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }

  private List<JsonObject> list() {
    Run run = keys("list --output json");
    assertEquals(0, run.code(), run.err());
    JsonArray keys = JsonParser.parseString(run.out()).getAsJsonArray();
    return StreamSupport.stream(keys.spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private JsonObject key(String kid) {
    return list().stream()
        .filter(k -> k.get("kid").getAsString().equals(kid))
        .findFirst()
        .orElseThrow();
  }

  private String signs() {
    return IssuersKey.in(folder.resolve("data")).kid();
  }

  private String jwks() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + issuerPort + "/oauth2/jwks"))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  @Test
  void listsKeysOfTheLogBesideTheServer() throws Exception {
    List<String> states = list().stream().map(k -> k.get("state").getAsString()).toList();
    assertEquals(List.of("active", "pending", "pending"), states);
    JsonObject active = key(signs());
    assertEquals("ES256", active.get("alg").getAsString());
    assertFalse(active.get("writer").getAsString().isEmpty());
    assertTrue(active.has("active_since") && active.has("signs_until"));
    Run text = keys("list");
    assertTrue(text.out().startsWith("KID "), text.out());
    assertEquals(4, text.out().lines().count());
    for (JsonObject key : list()) {
      assertTrue(jwks().contains(key.get("kid").getAsString()));
      assertTrue(text.out().contains(key.get("kid").getAsString()));
    }
    assertFalse(text.out().contains("wrapped"), text.out());
  }

  @Test
  void rotates() throws Exception {
    String before = signs();
    JsonObject told = done("rotate");
    assertEquals("rotated", told.get("result").getAsString());
    assertNotEquals(before, signs());
    assertEquals(signs(), told.get("kid").getAsString());
    assertEquals("retiring", key(before).get("state").getAsString());
    assertTrue(jwks().contains(before));
    operator("gat:keys");
    Run now = keys("rotate --now");
    assertEquals(0, now.code(), now.err());
    assertEquals("signing key " + signs() + " signs from now on\n", now.out());
  }

  @Test
  void revokesLeakedKeyAndRefusesWhatItSigns() throws Exception {
    String leaked = signs();
    JsonObject told = done("rotate --now --revoke " + leaked + " --reason leaked");
    assertEquals("revoked", told.get("result").getAsString());
    assertEquals(leaked, told.get("revoked").getAsString());
    assertEquals(signs(), told.get("kid").getAsString());
    assertEquals("revoked", key(leaked).get("state").getAsString());
    assertFalse(jwks().contains(leaked));
    // The operator's own gat was of that key.
    Run refused = keys("rotate");
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("refuses the operator's gat"), refused.err());
    operator("gat:keys");
    assertEquals(0, keys("rotate").code());
  }

  @Test
  void runsACanary() throws Exception {
    JsonObject told = done("canary start --algorithm EdDSA --percent 5 --audience orders");
    assertEquals("canary", told.get("result").getAsString());
    assertEquals(
        "{\"algorithm\":\"EdDSA\",\"percent\":5,\"audiences\":[\"orders\"],\"principals\":[]}",
        told.get("canary").toString());
    Run another = keys("canary start --algorithm ES384 --percent 1");
    assertEquals(1, another.code());
    assertTrue(another.err().contains("widen it, or stop it"), another.err());
    Run wide = keys("canary widen --percent 100");
    assertEquals(0, wide.code(), wide.err());
    assertTrue(wide.out().startsWith("canary: EdDSA for 100 %"), wide.out());
    assertEquals(
        1,
        list().stream()
            .filter(k -> k.get("role").getAsString().equals("canary"))
            .filter(k -> k.get("state").getAsString().equals("active"))
            .count());
    assertEquals("canary_stopped", done("canary stop").get("result").getAsString());
    assertEquals(1, keys("canary widen --percent 5").code());
    assertEquals(
        List.of("retiring"),
        list().stream()
            .filter(k -> k.get("role").getAsString().equals("canary"))
            .map(k -> k.get("state").getAsString())
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "rotate --revoke x, 2, --revoke goes with --now",
    "rotate --now --revoke nobody, 1, no key has this id",
    "canary start --algorithm HS256 --percent 5, 2, a shared secret has no public key",
    "canary start --algorithm XS256 --percent 5, 2, 'one of ES256, ES384, EdDSA, RS256, PS256'",
    "canary start --algorithm EdDSA, 2, canary: picks nothing",
    "canary start --algorithm EdDSA --percent 101, 2, a whole number from 0 to 100",
  })
  void saysWhatIsWrong(String arguments, int code, String expected) {
    Run run = keys(arguments);
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(expected), run.err());
    assertEquals("", run.out());
  }

  @Test
  void operatorNeedsTheScope() throws Exception {
    operator("gat:audit");
    Run run = keys("rotate");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("gat:keys"), run.err());
  }

  @Test
  void keyOfAnEarlierVersionIsTakenOver() throws Exception {
    server.close();
    Path data = folder.resolve("earlier");
    SigningKey earlier =
        SigningKey.loadOrCreate(
            data.resolve("signing-key.json"), Algorithm.ES256, CryptoProvider.best());
    Files.writeString(
        folder.resolve("gat.yaml"),
        Files.readString(folder.resolve("gat.yaml")).replace("data/", "earlier/"));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    assertEquals("active", key(earlier.kid()).get("state").getAsString());
    assertTrue(jwks().contains(earlier.kid()));
    assertFalse(Files.exists(data.resolve("signing-key.json")));
    server.close();
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    assertEquals("active", key(earlier.kid()).get("state").getAsString());
  }

  @Test
  void folderWithoutLogHasNoKeys() throws Exception {
    Files.writeString(
        folder.resolve("gat.yaml"),
        Files.readString(folder.resolve("gat.yaml")).replace("data/", "nothing-here/"));
    Run run = keys("list");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("there is no log"), run.err());
  }

  @Test
  void lostKeyEncryptionKeyIsOneLineAtStart() throws Exception {
    server.close();
    Path kek = folder.resolve("data/key-encryption-key");
    byte[] copy = Files.readAllBytes(kek);
    Files.delete(kek);
    assertEquals(
        kek
            + ": no such file, and the signing keys in the log are encrypted by the key that was"
            + " there; restore it from its copy",
        refusal());
    assertFalse(Files.exists(kek));
    Files.write(kek, new byte[32]);
    Files.setPosixFilePermissions(kek, PosixFilePermissions.fromString("rw-------"));
    String wrong = refusal();
    assertTrue(wrong.contains("was encrypted by the key-encryption key file:"), wrong);
    assertTrue(wrong.contains("previous-keks") && !wrong.contains("\n"), wrong);
    Files.write(kek, copy);
    server = GatServer.start(read(), OutputStream.nullOutputStream());
  }

  private String refusal() {
    try {
      GatServer.start(read(), OutputStream.nullOutputStream()).close();
      throw new AssertionError("it starts");
    } catch (StartException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void goesOverToAnotherKeyEncryptionKey() throws Exception {
    String before = signs();
    server.close();
    String config = Files.readString(folder.resolve("gat.yaml"));
    Files.writeString(
        folder.resolve("gat.yaml"),
        config.replace(
            "pool: 2}",
            "pool: 2, kek: {file: new-kek}, previous-keks: [{file: data/key-encryption-key}]}"));
    Path file = folder.resolve("new-kek");
    Files.write(file, new byte[32]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    server.close();
    Files.delete(folder.resolve("data/key-encryption-key"));
    Files.writeString(
        folder.resolve("gat.yaml"), config.replace("pool: 2}", "pool: 2, kek: {file: new-kek}}"));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    assertEquals("active", key(before).get("state").getAsString());
  }
}
