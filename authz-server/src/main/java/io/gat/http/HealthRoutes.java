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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code /health/live}: the process runs. {@code /health/ready}: it can answer; 503 and the reasons
 * while it cannot. Ready also says which policy runs, so that a fleet shows who runs what.
 */
public final class HealthRoutes implements Consumer<HttpRouting.Builder> {
  private static final JsonFactory JSON = new JsonFactory();

  private final Supplier<Health> health;

  /**
   * How a server is.
   *
   * @param missing what is not ready: a part's name and why; empty means ready
   * @param policy the hash of the running policy; empty where there is none
   * @param candidate what is told of the candidate, by name; empty where there is none. It never
   *     makes a server unready
   * @param degraded what works only in part: a part's name and why. It never makes a server
   *     unready, since the rest would be lost with it
   */
  public record Health(
      Map<String, String> missing,
      String policy,
      Map<String, String> candidate,
      Map<String, String> degraded) {
    private static final Health LIVE = new Health(Map.of(), "", Map.of(), Map.of());

    public Health {
      missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
      Objects.requireNonNull(policy);
      candidate = Collections.unmodifiableMap(new LinkedHashMap<>(candidate));
      degraded = Collections.unmodifiableMap(new LinkedHashMap<>(degraded));
    }
  }

  /** The routes. */
  public HealthRoutes(Supplier<Health> health) {
    this.health = health;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get("/health/live", (request, response) -> send(response, Health.LIVE));
    routing.get("/health/ready", (request, response) -> send(response, health.get()));
  }

  private static void send(ServerResponse response, Health health) {
    response
        .status(health.missing().isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send(json(health));
  }

  private static String json(Health health) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", health.missing().isEmpty() ? "UP" : "DOWN");
      if (!health.policy().isEmpty()) {
        json.writeStringField("policy", health.policy());
      }
      if (!health.candidate().isEmpty()) {
        write(json, "candidate", health.candidate());
      }
      if (!health.degraded().isEmpty()) {
        write(json, "degraded", health.degraded());
      }
      write(json, "missing", health.missing());
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
