package io.gat.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code GET /oauth2/jwks}: the issuer's public keys (RFC 7517, section 5), cacheable. */
public final class JwksRoute implements Consumer<HttpRouting.Builder> {
  private final String base;
  private final Supplier<String> jwks;
  private final Duration maxAge;

  /**
   * The route.
   *
   * @param base the path of the issuer's identifier, empty for none
   * @param jwks the JWK set as text, public parts only
   * @param maxAge how long a reader may keep it
   */
  public JwksRoute(String base, Supplier<String> jwks, Duration maxAge) {
    this.base = base;
    this.jwks = jwks;
    this.maxAge = maxAge;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get(base + "/oauth2/jwks", this::get);
  }

  private void get(ServerRequest request, ServerResponse response) {
    String text = jwks.get();
    String tag = tag(text);
    response
        .header(HeaderNames.ETAG, tag)
        .header(HeaderNames.CACHE_CONTROL, "public, max-age=" + maxAge.toSeconds());
    if (request.headers().contains(HeaderNames.IF_NONE_MATCH)
        && request.headers().get(HeaderNames.IF_NONE_MATCH).get().contains(tag)) {
      response.status(Status.NOT_MODIFIED_304).send();
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, "application/jwk-set+json").send(text);
  }

  private static String tag(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
