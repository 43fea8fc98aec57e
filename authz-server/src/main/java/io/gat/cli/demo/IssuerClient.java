package io.gat.cli.demo;

import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Mints with the embedded issuer's key file, as {@code gat token mint} does; revokes over HTTP. */
final class IssuerClient implements Tokens {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient client;
  private final URI address;
  private final String issuer;
  private final SigningKey key;

  /**
   * A client.
   *
   * @param address where the issuer listens
   * @param issuer the {@code iss} of its tokens
   */
  IssuerClient(HttpClient client, URI address, String issuer, SigningKey key) {
    this.client = client;
    this.address = address;
    this.issuer = issuer;
    this.key = key;
  }

  @Override
  public String valid(String audience, String scope) {
    return mint(audience, scope, LIFE, InstantSource.system());
  }

  @Override
  public String expired(String audience, String scope, Duration ago) {
    return mint(audience, scope, LIFE, InstantSource.fixed(Instant.now().minus(ago).minus(LIFE)));
  }

  /** A token to play with. */
  String lasting(String audience, String scope) {
    return mint(audience, scope, MintRequest.MAX_TTL, InstantSource.system());
  }

  private String mint(String audience, String scope, Duration life, InstantSource clock) {
    MintRequest request =
        new MintRequest(
            audience,
            List.of(scope.split(" ", -1)),
            "alice",
            "demo",
            life,
            "",
            Map.of("tenant", "acme"));
    return new Minter(issuer, key, clock).mint(request, Jitter.NONE, request.client()).compact();
  }

  /** RFC 7009, section 2.1. */
  @Override
  public void revoke(String token) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/oauth2/revoke"))
            .timeout(PATIENCE)
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
            .build();
    HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
    if (response.statusCode() != 200) {
      throw new IOException("the issuer answered " + response.statusCode() + " to a revocation");
    }
  }
}
