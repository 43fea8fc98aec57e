package io.gat.http;

import io.gat.admin.AdminCalls;
import io.gat.admin.AdminCalls.Outcome;
import io.gat.admin.AdminOperation;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorAudit;
import io.gat.admin.OperatorGate;
import io.gat.admin.OperatorGate.Admission;
import io.gat.admin.OperatorGate.Operator;
import io.gat.call.DenialText;
import io.gat.call.Header;
import io.gat.call.HeaderBudget;
import io.gat.call.Refusal;
import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The admin API over HTTP. Every operation takes an operator's gat, which is judged before a byte
 * of the body is read; what a browser sends on behalf of some page is refused before that. Nothing
 * is done before the audit log has it that the operator was let in.
 */
public final class AdminRoutes implements Consumer<HttpRouting.Builder> {
  private static final Logger LOG = System.getLogger(AdminRoutes.class.getName());

  /** Operators are few; who finds all places taken tries again. */
  private static final int MAX_IN_FLIGHT = 8;

  private final OperatorGate gate;
  private final CallerCheck callers;
  private final OperationTable operations;
  private final OperatorAudit audit;
  private final AdminCalls counted;
  private final Semaphore places = new Semaphore(MAX_IN_FLIGHT);

  /**
   * The routes.
   *
   * @param operations each has a rule in {@code operators.yaml}
   * @throws IllegalArgumentException where one has none
   */
  public AdminRoutes(
      OperatorGate gate,
      CallerCheck callers,
      List<AdminOperation> operations,
      OperatorAudit audit,
      AdminCalls counted) {
    this.gate = Objects.requireNonNull(gate);
    this.callers = Objects.requireNonNull(callers);
    this.operations = new OperationTable(operations);
    this.audit = Objects.requireNonNull(audit);
    this.counted = Objects.requireNonNull(counted);
    for (AdminOperation operation : operations) {
      if (gate.ruleOf(operation).isEmpty()) {
        throw new IllegalArgumentException(
            "operators.yaml has no rule with scopes for " + operation.name());
      }
    }
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.addFilter(this::filter);
    routing.any(this::call);
  }

  private void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    boolean origin = request.headers().contains(HeaderNames.ORIGIN);
    switch (callers.judge(origin, request.authority())) {
      case EXPECTED -> chain.proceed();
      case FOREIGN_ORIGIN -> foreign(request, response, "foreign_origin");
      case FOREIGN_HOST -> foreign(request, response, "foreign_host");
    }
  }

  private void foreign(RoutingRequest request, RoutingResponse response, String reason) {
    counted.count(AdminCalls.NO_OPERATION, Outcome.REFUSED);
    refuse(request, response, 403, "access_denied", reason);
  }

  private void call(ServerRequest request, ServerResponse response) {
    String method = request.prologue().method().text();
    switch (operations.find(method, request.prologue().uriPath().rawPath())) {
      case OperationTable.Found.Nothing nothing -> {
        counted.count(AdminCalls.NO_OPERATION, Outcome.INVALID);
        refuse(request, response, 404, "not_found", "not_found");
      }
      case OperationTable.Found.OtherMethods other -> {
        counted.count(AdminCalls.NO_OPERATION, Outcome.INVALID);
        response.header(HeaderNames.ALLOW, String.join(", ", other.allowed()));
        refuse(request, response, 405, "invalid_request", "method_not_allowed");
      }
      case OperationTable.Found.Operation found ->
          counted.count(found.operation().name(), admit(request, response, found));
    }
  }

  private Outcome admit(
      ServerRequest request, ServerResponse response, OperationTable.Found.Operation found) {
    List<String> authorization =
        request.headers().contains(HeaderNames.AUTHORIZATION)
            ? request.headers().get(HeaderNames.AUTHORIZATION).allValues()
            : List.of();
    String id = AdminCallReader.requestId(request);
    String path = request.prologue().uriPath().rawPath();
    return switch (gate.admit(found.operation().method(), path, authorization, id)) {
      case Admission.Refused refused -> {
        audit.refused(found.operation(), refused.decision(), AdminCallReader.traceId(request));
        yield refuse(response, refused.decision());
      }
      case Admission.Admitted admitted -> {
        if (!admitted.rule().paths().contains(found.operation().path())) {
          throw new IllegalStateException(
              "admitted by " + admitted.rule().name() + " to " + found.operation().name());
        }
        if (!places.tryAcquire()) {
          yield unavailable(request, response, Reason.OVERLOADED.code());
        }
        try {
          yield run(request, response, found, admitted.operator(), id);
        } finally {
          places.release();
        }
      }
    };
  }

  private Outcome run(
      ServerRequest request,
      ServerResponse response,
      OperationTable.Found.Operation found,
      Operator operator,
      String id) {
    AdminOperation operation = found.operation();
    return switch (AdminCallReader.read(request, found.path(), id)) {
      case AdminCallReader.Result.Unreadable unreadable -> {
        refuse(request, response, unreadable.status(), unreadable.error(), unreadable.reason());
        yield Outcome.INVALID;
      }
      case AdminCallReader.Result.Read read -> {
        if (!audit.admitted(operation, operator, read.call())) {
          LOG.log(
              Level.ERROR,
              "operator {0}: {1} was not done: the audit log does not take it",
              operator.tokenId(),
              operation.name());
          yield unavailable(request, response, "audit_unavailable");
        }
        // The gat's id and nothing else of it: the issuer knows whose it is.
        LOG.log(Level.INFO, "operator {0}: {1}", operator.tokenId(), operation.name());
        yield run(operation, operator, read.call(), response);
      }
    };
  }

  private static Outcome run(
      AdminOperation operation, Operator operator, Call call, ServerResponse response) {
    Answer answer;
    try {
      answer = operation.handler().run(operator, call);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "bug in " + operation.name() + "; please report it", e);
      answer(
          response,
          Status.INTERNAL_SERVER_ERROR_500,
          DenialText.body("internal_error", Reason.INTERNAL_ERROR.code(), call.requestId()));
      return Outcome.FAILED;
    }
    if (answer.status() == 503) {
      response.header(HeaderNames.RETRY_AFTER, "1");
    }
    answer(response, Status.create(answer.status()), answer.json());
    if (answer.status() < 400) {
      return Outcome.DONE;
    }
    return answer.status() < 500 ? Outcome.DECLINED : Outcome.UNAVAILABLE;
  }

  private static Outcome unavailable(
      ServerRequest request, ServerResponse response, String reason) {
    response.header(HeaderNames.RETRY_AFTER, "1");
    refuse(request, response, 503, "unavailable", reason);
    return Outcome.UNAVAILABLE;
  }

  private static Outcome refuse(ServerResponse response, Decision decision) {
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
    return refusal.status() == 503 ? Outcome.UNAVAILABLE : Outcome.REFUSED;
  }

  private static void refuse(
      ServerRequest request, ServerResponse response, int status, String error, String reason) {
    answer(
        response,
        Status.create(status),
        DenialText.body(error, reason, AdminCallReader.requestId(request)));
  }

  private static void answer(ServerResponse response, Status status, String json) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(json);
  }
}
