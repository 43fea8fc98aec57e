package io.gat.http;

import io.gat.issue.grant.FormParameters;
import io.gat.issue.grant.GrantJson;
import io.gat.issue.grant.Reply;
import io.gat.issue.grant.TokenCall;
import io.gat.issue.grant.TokenError;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Token calls and their answers between HTTP and {@code issue.grant}. */
final class TokenCalls {
  private static final HeaderName API_KEY = HeaderNames.create("x-api-key");
  private static final String BASIC = "Basic realm=\"gat\", charset=\"UTF-8\"";

  private TokenCalls() {}

  static TokenCall of(ServerRequest request, FormParameters parameters, String requestId) {
    return new TokenCall(
        parameters,
        all(request, HeaderNames.AUTHORIZATION),
        all(request, API_KEY),
        certificates(request),
        requestId,
        AdminCallReader.traceId(request));
  }

  private static List<String> all(ServerRequest request, HeaderName name) {
    return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
  }

  /** TLS has checked that the caller has the first one's key. */
  private static List<X509Certificate> certificates(ServerRequest request) {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate one : request.remotePeer().tlsCertificates().orElse(new Certificate[0])) {
      if (!(one instanceof X509Certificate certificate)) {
        return List.of();
      }
      chain.add(certificate);
    }
    return chain;
  }

  static void answer(ServerResponse response, Reply reply, String requestId) {
    switch (reply) {
      case Reply.Granted granted -> send(response, 200, GrantJson.of(granted));
      case Reply.Refused(TokenError error, String code, String description) -> {
        if (error.status() == 401) {
          response.header(HeaderNames.WWW_AUTHENTICATE, BASIC);
        }
        send(response, error.status(), GrantJson.error(error.code(), code, description, requestId));
      }
      case Reply.Throttled(Duration after) -> {
        retryAfter(response, after);
        send(
            response,
            429,
            GrantJson.error(
                "temporarily_unavailable", "throttled", "too many tokens: ask later", requestId));
      }
      case Reply.Unavailable unavailable -> {
        retryAfter(response, Duration.ofSeconds(1));
        send(
            response,
            503,
            GrantJson.error(
                "temporarily_unavailable",
                unavailable.code(),
                "there is no answer now; it is safe to ask again",
                requestId));
      }
    }
  }

  /** RFC 9110, section 10.2.3: whole seconds, rounded up. */
  private static void retryAfter(ServerResponse response, Duration after) {
    long seconds = Math.max(1, after.plusNanos(999_999_999).toSeconds());
    response.header(HeaderNames.RETRY_AFTER, Long.toString(seconds));
  }

  static void unreadable(
      ServerResponse response, FormBody.Result.Unreadable problem, String requestId) {
    send(
        response,
        problem.status(),
        GrantJson.error(
            TokenError.INVALID_REQUEST.code(), problem.code(), problem.description(), requestId));
  }

  static void failed(ServerResponse response, String requestId) {
    send(
        response,
        500,
        GrantJson.error(
            "server_error", "internal_error", "a bug in gat; please report it", requestId));
  }

  /** RFC 6749, section 5.1: nobody keeps it. */
  static void send(ServerResponse response, int status, String json) {
    response
        .status(Status.create(status))
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(HeaderNames.PRAGMA, "no-cache")
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(json);
  }
}
