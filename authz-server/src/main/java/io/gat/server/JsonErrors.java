package io.gat.server;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/**
 * Helidon's own answers as {@code {"error": …}}, without its message: that may repeat what was
 * sent, or tell of the inside.
 */
final class JsonErrors implements DirectHandler {
  private JsonErrors() {}

  /** For every event that Helidon answers by itself. */
  static DirectHandlers everywhere() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (EventType event : EventType.values()) {
      handlers.addHandler(event, new JsonErrors());
    }
    return handlers.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .keepAlive(event.keepAlive())
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .entity("{\"error\":\"" + code(status) + "\"}")
        .build();
  }

  private static String code(Status status) {
    return switch (status.code()) {
      case 404 -> "not_found";
      case 413 -> "request_too_large";
      default -> status.code() < 500 ? "invalid_request" : "internal_error";
    };
  }
}
