package io.gat.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** {@code GET /openapi.yaml}: an OpenAPI description, the same in every gat of this version. */
final class Description {
  private final byte[] description;

  /** One of this package's resources. */
  Description(String file) {
    try (InputStream in =
        Objects.requireNonNull(Description.class.getResourceAsStream(file), file)) {
      this.description = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void route(HttpRouting.Builder routing) {
    routing.get("/openapi.yaml", this::get);
  }

  private void get(ServerRequest request, ServerResponse response) {
    response
        .header(HeaderNames.CONTENT_TYPE, "application/yaml") // RFC 9512
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(description);
  }
}
