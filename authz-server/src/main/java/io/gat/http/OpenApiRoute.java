package io.gat.http;

import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;

/**
 * {@code GET /openapi.yaml}: the description of the admin API (OpenAPI 3.1). It takes no gat: it is
 * the same in every gat of this version and tells nothing of this one.
 */
public final class OpenApiRoute implements Consumer<HttpRouting.Builder> {
  private final Description description = new Description("admin-openapi.yaml");

  @Override
  public void accept(HttpRouting.Builder routing) {
    description.route(routing);
  }
}
