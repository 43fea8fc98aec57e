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
 * while it cannot. Ready also says which policy runs, so that a fleet shows who runs what.
 */
public final class HealthRoutes implements Consumer<HttpRouting.Builder> {
  private static final JsonFactory JSON = new JsonFactory();

  private final Supplier<Map<String, String>> missing;
  private final Supplier<String> policy;

  /**
   * Health.
   *
   * @param missing what is not ready yet: a check's name and why; empty means ready
   * @param policy the hash of the running policy; empty where there is none
   */
  public HealthRoutes(Supplier<Map<String, String>> missing, Supplier<String> policy) {
    this.missing = missing;
    this.policy = policy;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get("/health/live", (request, response) -> send(response, Map.of(), ""));
    routing.get(
        "/health/ready", (request, response) -> send(response, missing.get(), policy.get()));
  }

  private static void send(ServerResponse response, Map<String, String> missing, String policy) {
    response
        .status(missing.isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send(json(missing, policy));
  }

  private static String json(Map<String, String> missing, String policy) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", missing.isEmpty() ? "UP" : "DOWN");
      if (!policy.isEmpty()) {
        json.writeStringField("policy", policy);
      }
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
