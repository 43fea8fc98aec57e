package io.gat.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Objects;
import java.util.function.Consumer;

/** {@code GET /.well-known/oauth-authorization-server} (RFC 8414), cacheable. */
public final class MetadataRoute implements Consumer<HttpRouting.Builder> {
  private static final String AN_HOUR = "public, max-age=3600";

  private final String path;
  private final String json;

  /**
   * The route.
   *
   * @param path with the issuer's own path at its end
   */
  public MetadataRoute(String path, String json) {
    this.path = Objects.requireNonNull(path);
    this.json = Objects.requireNonNull(json);
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get(path, this::get);
  }

  private void get(ServerRequest request, ServerResponse response) {
    response
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, AN_HOUR)
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(json);
  }
}
