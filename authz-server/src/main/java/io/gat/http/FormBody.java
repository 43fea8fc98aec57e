package io.gat.http;

import io.gat.issue.grant.FormParameters;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Reads the form that a request carries, so that nothing of it can be read in two ways. */
final class FormBody {
  private static final String TYPE = "application/x-www-form-urlencoded";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private FormBody() {}

  /** What was read. */
  sealed interface Result {
    record Read(FormParameters parameters) implements Result {}

    /**
     * It is no form.
     *
     * @param status an HTTP status
     * @param code why, from a bounded vocabulary
     */
    record Unreadable(int status, String code, String description) implements Result {}
  }

  static Result read(ServerRequest request) {
    if (!request.query().isEmpty()) {
      return new Result.Unreadable(
          400, "parameters_in_url", "parameters belong into the body (RFC 6749, section 2.3.1)");
    }
    boolean form =
        request
            .headers()
            .contentType()
            .filter(
                type ->
                    type.mediaType().text().equals(TYPE)
                        && type.charset().map(c -> c.equalsIgnoreCase("utf-8")).orElse(true))
            .isPresent();
    if (!form || request.headers().contains(HeaderNames.CONTENT_ENCODING)) {
      return new Result.Unreadable(
          400, "not_a_form", "the body is " + TYPE + " in UTF-8, not compressed");
    }
    byte[] bytes;
    try {
      bytes =
          request.content().hasEntity()
              ? BodyBytes.read(request, FormParameters.MAX_BYTES, PATIENCE)
              : new byte[0];
    } catch (TimeoutException e) {
      return new Result.Unreadable(408, "too_slow", "the body took too long");
    }
    if (bytes.length > FormParameters.MAX_BYTES) {
      return new Result.Unreadable(
          413, "request_too_large", "a form has at most " + FormParameters.MAX_BYTES + " bytes");
    }
    return switch (FormParameters.read(bytes)) {
      case FormParameters.Result.Read(FormParameters parameters) -> new Result.Read(parameters);
      case FormParameters.Result.Malformed(String description) ->
          new Result.Unreadable(400, "malformed_form", description);
    };
  }
}
