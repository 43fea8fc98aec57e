package io.gat.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * {@code GET /openapi.yaml}: the description of the admin API (OpenAPI 3.1). It takes no gat: it is
 * the same in every gat of this version and tells nothing of this one.
 */
public final class OpenApiRoute implements Consumer<HttpRouting.Builder> {
  private static final String FILE = "admin-openapi.yaml";

  private final byte[] description;

  /** The route. */
  public OpenApiRoute() {
    try (InputStream in =
        Objects.requireNonNull(OpenApiRoute.class.getResourceAsStream(FILE), FILE)) {
      this.description = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get("/openapi.yaml", this::get);
  }

  private void get(ServerRequest request, ServerResponse response) {
    response
        .header(HeaderNames.CONTENT_TYPE, "application/yaml") // RFC 9512
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(description);
  }
}
