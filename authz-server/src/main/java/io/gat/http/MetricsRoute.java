package io.gat.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code /metrics} in Prometheus' text format. */
public final class MetricsRoute implements Consumer<HttpRouting.Builder> {
  private final Supplier<String> scrape;

  public MetricsRoute(Supplier<String> scrape) {
    this.scrape = scrape;
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.get(
        "/metrics",
        (request, response) ->
            response
                .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .send(scrape.get()));
  }
}
