package io.gat.http;

import io.gat.admin.ExplainRequest;
import io.gat.admin.LiveExplainer;
import io.gat.admin.OperatorGate;
import io.gat.admin.OperatorGate.Admission;
import io.gat.admin.OperatorGate.Operator;
import io.gat.call.CallDraft;
import io.gat.call.DenialText;
import io.gat.call.Header;
import io.gat.call.HeaderBudget;
import io.gat.call.Refusal;
import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.gat.decide.explain.ExplanationJson;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The admin API: {@code POST /v1/explain}. Every operation takes an operator's gat, which is judged
 * before a byte of the body is read; what a browser sends on behalf of some page is refused before
 * that.
 */
public final class AdminRoutes implements Consumer<HttpRouting.Builder> {
  private static final Logger LOG = System.getLogger(AdminRoutes.class.getName());

  /** Operators are few; who finds all places taken tries again. */
  private static final int MAX_IN_FLIGHT = 8;

  private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");

  private final OperatorGate gate;
  private final CallerCheck callers;
  private final LiveExplainer explainer;
  private final Semaphore places = new Semaphore(MAX_IN_FLIGHT);

  /** The routes. */
  public AdminRoutes(OperatorGate gate, CallerCheck callers, LiveExplainer explainer) {
    this.gate = Objects.requireNonNull(gate);
    this.callers = Objects.requireNonNull(callers);
    this.explainer = Objects.requireNonNull(explainer);
  }

  /** What an operator may do. */
  @FunctionalInterface
  private interface Operation {
    void run(Operator operator, ServerRequest request, ServerResponse response);
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.addFilter(this::filter);
    routing.post("/v1/explain", (request, response) -> admit(request, response, this::explain));
  }

  private void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    boolean origin = request.headers().contains(HeaderNames.ORIGIN);
    switch (callers.judge(origin, request.authority())) {
      case EXPECTED -> chain.proceed();
      case FOREIGN_ORIGIN -> refuse(request, response, 403, "access_denied", "foreign_origin");
      case FOREIGN_HOST -> refuse(request, response, 403, "access_denied", "foreign_host");
    }
  }

  private void admit(ServerRequest request, ServerResponse response, Operation operation) {
    List<String> authorization =
        request.headers().contains(HeaderNames.AUTHORIZATION)
            ? request.headers().get(HeaderNames.AUTHORIZATION).allValues()
            : List.of();
    String id = requestId(request);
    switch (gate.admit(
        request.prologue().method().text(), request.path().path(), authorization, id)) {
      case Admission.Refused refused -> refuse(response, refused.decision());
      case Admission.Admitted admitted -> {
        if (!places.tryAcquire()) {
          response.header(HeaderNames.RETRY_AFTER, "1");
          refuse(request, response, 503, "unavailable", Reason.OVERLOADED.code());
          return;
        }
        // The gat's id and nothing else of it: the issuer knows whose it is.
        LOG.log(
            Level.INFO,
            "operator {0}: {1} {2}",
            admitted.operator().tokenId(),
            request.prologue().method().text(),
            request.path().path());
        try {
          operation.run(admitted.operator(), request, response);
        } finally {
          places.release();
        }
      }
    }
  }

  private void explain(Operator operator, ServerRequest request, ServerResponse response) {
    boolean isJson =
        request
            .headers()
            .contentType()
            .filter(type -> type.mediaType().text().equals("application/json"))
            .isPresent();
    if (!isJson) {
      refuse(request, response, 415, "invalid_request", "not_json");
      return;
    }
    byte[] body = body(request);
    if (body.length > ExplainRequest.MAX_BYTES) {
      refuse(request, response, 413, "request_too_large", "request_too_large");
      return;
    }
    try {
      ExplainRequest asked = ExplainRequest.read(body);
      answer(response, Status.OK_200, ExplanationJson.of(explainer.explain(operator, asked)));
    } catch (ExplainRequest.UnreadableException e) {
      String message = String.valueOf(e.getMessage());
      answer(
          response,
          Status.BAD_REQUEST_400,
          "{\"error\":\"invalid_request\",\"reason\":\"unreadable\",\"error_description\":\""
              + message.replace('"', '\'')
              + "\"}");
    }
  }

  private static byte[] body(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = request.content().inputStream()) {
      return in.readNBytes(ExplainRequest.MAX_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refuse(ServerResponse response, Decision decision) {
    Refusal refusal =
        switch (decision) {
          case Decision.Deny denied -> Refusal.of(denied, HeaderBudget.standard());
          case Decision.Failed failed -> Refusal.of(failed);
          case Decision.Allow allow ->
              throw new IllegalStateException("no operation of the admin API is public");
        };
    for (Header header : refusal.headers()) {
      response.header(HeaderNames.create(header.name()), header.value());
    }
    answer(response, Status.create(refusal.status()), refusal.body());
  }

  private static void refuse(
      ServerRequest request, ServerResponse response, int status, String error, String reason) {
    answer(response, Status.create(status), DenialText.body(error, reason, requestId(request)));
  }

  private static void answer(ServerResponse response, Status status, String json) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(json);
  }

  /** The caller's id where it is a sane one, else one of our own. */
  private static String requestId(ServerRequest request) {
    String id =
        request.headers().contains(REQUEST_ID) ? request.headers().get(REQUEST_ID).get() : "";
    return CallDraft.isRequestId(id) ? id : UUID.randomUUID().toString();
  }
}
