package io.gat.http;

import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;

/** {@code GET /openapi.yaml} of an issuer: what anybody may ask it (OpenAPI 3.1). */
public final class IssuerOpenApiRoute implements Consumer<HttpRouting.Builder> {
  private final Description description = new Description("issuer-openapi.yaml");

  @Override
  public void accept(HttpRouting.Builder routing) {
    description.route(routing);
  }
}
