package io.gat.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code /health/live}: the process runs. {@code /health/ready}: it can answer; 503 and the reasons
 * while it cannot.
 */
public final class HealthRoutes implements Consumer<HttpRouting.Builder> {
  private static final JsonFactory JSON = new JsonFactory();

  private final Supplier<Map<String, String>> missing;

  /**
   * Health.
   *
   * @param missing what is not ready yet: a check's name and why; empty means ready
   */
  public HealthRoutes(Supplier<Map<String, String>> missing) {
    this.missing = missing;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get("/health/live", (request, response) -> send(response, Map.of()));
    routing.get("/health/ready", (request, response) -> send(response, missing.get()));
  }

  private static void send(ServerResponse response, Map<String, String> missing) {
    response
        .status(missing.isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send(json(missing));
  }

  private static String json(Map<String, String> missing) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", missing.isEmpty() ? "UP" : "DOWN");
      json.writeObjectFieldStart("missing");
      for (Map.Entry<String, String> one : missing.entrySet()) {
        json.writeStringField(one.getKey(), one.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }
}
