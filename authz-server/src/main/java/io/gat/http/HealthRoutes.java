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
  private final Supplier<Map<String, String>> candidate;

  /** Health of a server without a candidate. */
  public HealthRoutes(Supplier<Map<String, String>> missing, Supplier<String> policy) {
    this(missing, policy, Map::of);
  }

  /**
   * Health.
   *
   * @param missing what is not ready yet: a check's name and why; empty means ready
   * @param policy the hash of the running policy; empty where there is none
   * @param candidate what is told of the candidate, by name; empty where there is none. It never
   *     makes a server unready
   */
  public HealthRoutes(
      Supplier<Map<String, String>> missing,
      Supplier<String> policy,
      Supplier<Map<String, String>> candidate) {
    this.missing = missing;
    this.policy = policy;
    this.candidate = candidate;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get("/health/live", (request, response) -> send(response, Map.of(), "", Map.of()));
    routing.get(
        "/health/ready",
        (request, response) -> send(response, missing.get(), policy.get(), candidate.get()));
  }

  private static void send(
      ServerResponse response,
      Map<String, String> missing,
      String policy,
      Map<String, String> candidate) {
    response
        .status(missing.isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send(json(missing, policy, candidate));
  }

  private static String json(
      Map<String, String> missing, String policy, Map<String, String> candidate) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", missing.isEmpty() ? "UP" : "DOWN");
      if (!policy.isEmpty()) {
        json.writeStringField("policy", policy);
      }
      if (!candidate.isEmpty()) {
        write(json, "candidate", candidate);
      }
      write(json, "missing", missing);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  private static void write(JsonGenerator json, String name, Map<String, String> texts)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> one : texts.entrySet()) {
      json.writeStringField(one.getKey(), one.getValue());
    }
    json.writeEndObject();
  }
}
