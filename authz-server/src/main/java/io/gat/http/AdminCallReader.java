package io.gat.http;

import io.gat.admin.AdminOperation.Call;
import io.gat.admin.ExplainRequest;
import io.gat.call.CallDraft;
import io.gat.call.TraceParent;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** Reads what an operator asks, so that nothing of it can be read in two ways. */
final class AdminCallReader {
  /** The longest body, in bytes. */
  static final int MAX_BODY = ExplainRequest.MAX_BYTES;

  private static final int MAX_PARAMETERS = 32;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
  private static final HeaderName TRACE_PARENT = HeaderNames.create("traceparent");

  private AdminCallReader() {}

  /** What was read. */
  sealed interface Result {
    record Read(Call call) implements Result {}

    /** Nobody can tell what is asked; the reason is a code. */
    record Unreadable(int status, String error, String reason) implements Result {}
  }

  static Result read(ServerRequest request, Map<String, String> path, String requestId) {
    Map<String, String> query = new HashMap<>();
    if (!isReadable(request.query(), query)) {
      return new Result.Unreadable(400, "invalid_request", "ambiguous_query");
    }
    String body = "";
    if (request.content().hasEntity()) {
      boolean json =
          request
              .headers()
              .contentType()
              .filter(type -> type.mediaType().text().equals("application/json"))
              .isPresent();
      byte[] bytes;
      try {
        bytes = BodyBytes.read(request, MAX_BODY, PATIENCE);
      } catch (TimeoutException e) {
        return new Result.Unreadable(408, "invalid_request", "too_slow");
      }
      if (bytes.length > MAX_BODY) {
        return new Result.Unreadable(413, "request_too_large", "request_too_large");
      }
      if (bytes.length > 0 && !json) {
        return new Result.Unreadable(415, "invalid_request", "not_json");
      }
      try {
        body = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        return new Result.Unreadable(400, "invalid_request", "not_utf8");
      }
    }
    return new Result.Read(new Call(path, query, body, requestId, traceId(request)));
  }

  /** Each parameter once, at most 32. */
  private static boolean isReadable(UriQuery sent, Map<String, String> query) {
    try {
      if (sent.names().size() > MAX_PARAMETERS) {
        return false;
      }
      for (String name : sent.names()) {
        List<String> values = sent.all(name);
        if (values.size() != 1) {
          return false;
        }
        query.put(name, values.getFirst());
      }
      return true;
    } catch (IllegalArgumentException e) {
      return false; // percent-encoding that is none
    }
  }

  /** The caller's id where it is a sane one, else one of our own. */
  static String requestId(ServerRequest request) {
    String id = only(request, REQUEST_ID);
    return CallDraft.isRequestId(id) ? id : UUID.randomUUID().toString();
  }

  /** The trace id of a valid {@code traceparent}, else empty. */
  static String traceId(ServerRequest request) {
    return TraceParent.traceId(only(request, TRACE_PARENT));
  }

  /** The one value of a header, empty where there is none or several. */
  private static String only(ServerRequest request, HeaderName name) {
    if (!request.headers().contains(name)) {
      return "";
    }
    List<String> values = request.headers().get(name).allValues();
    return values.size() == 1 ? values.getFirst() : "";
  }
}
