package io.gat.http;

import io.gat.admin.AdminCalls;
import io.gat.admin.AdminCalls.Outcome;
import io.gat.admin.AdminOperation;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OpenOperation;
import io.gat.admin.OperatorAudit;
import io.gat.admin.OperatorGate;
import io.gat.admin.OperatorGate.Admission;
import io.gat.admin.OperatorGate.Operator;
import io.gat.decide.Reason;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The admin API over HTTP. Every operation but signing in takes an operator's gat, which is judged
 * before a byte of the body is read; what a browser sends on behalf of some page is refused before
 * that. Nothing is done before the audit log has it that the operator was let in.
 */
public final class AdminRoutes implements Consumer<HttpRouting.Builder> {
  private static final Logger LOG = System.getLogger(AdminRoutes.class.getName());

  /** Operators are few; who finds all places taken tries again. */
  private static final int MAX_IN_FLIGHT = 8;

  /** Strangers can take only their own places. */
  private static final int MAX_STRANGERS = 4;

  /** Gats that are verified at once. */
  private static final int MAX_JUDGED = 4;

  private static final Duration TURN = Duration.ofSeconds(1);

  private final OperatorGate gate;
  private final CallerCheck callers;
  private final OperationTable<Entry> operations = new OperationTable<>();
  private final OperatorAudit audit;
  private final AdminCalls counted;
  private final Semaphore places = new Semaphore(MAX_IN_FLIGHT);
  private final Semaphore strangers = new Semaphore(MAX_STRANGERS);
  private final Semaphore judging = new Semaphore(MAX_JUDGED, true);

  /** What stands under a path. */
  private sealed interface Entry {
    /** It takes an operator's gat. */
    record Guarded(AdminOperation operation) implements Entry {}

    /** It does not. */
    record Open(OpenOperation operation) implements Entry {}
  }

  /**
   * The routes.
   *
   * @param guarded each has a rule in {@code operators.yaml}
   * @throws IllegalArgumentException where one has none
   */
  public AdminRoutes(
      OperatorGate gate,
      CallerCheck callers,
      List<AdminOperation> guarded,
      List<OpenOperation> open,
      OperatorAudit audit,
      AdminCalls counted) {
    this.gate = Objects.requireNonNull(gate);
    this.callers = Objects.requireNonNull(callers);
    this.audit = Objects.requireNonNull(audit);
    this.counted = Objects.requireNonNull(counted);
    for (AdminOperation operation : guarded) {
      if (gate.ruleOf(operation).isEmpty()) {
        throw new IllegalArgumentException(
            "operators.yaml has no rule with scopes for " + operation.name());
      }
      operations.add(operation.method(), operation.path(), new Entry.Guarded(operation));
    }
    for (OpenOperation operation : open) {
      operations.add(operation.method(), operation.path(), new Entry.Open(operation));
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
    unnamed(request, response).refuse(Outcome.REFUSED, 403, "access_denied", reason);
  }

  private AdminAnswers unnamed(ServerRequest request, ServerResponse response) {
    return new AdminAnswers(request, response, AdminCalls.NO_OPERATION, counted);
  }

  private void call(ServerRequest request, ServerResponse response) {
    String method = request.prologue().method().text();
    switch (operations.find(method, rawPath(request))) {
      case OperationTable.Found.Nothing<Entry> nothing ->
          unnamed(request, response).refuse(Outcome.INVALID, 404, "not_found", "not_found");
      case OperationTable.Found.OtherMethods<Entry> other ->
          unnamed(request, response).otherMethods(other.allowed());
      case OperationTable.Found.Operation<Entry>(Entry entry, Map<String, String> path) -> {
        switch (entry) {
          case Entry.Guarded(AdminOperation guarded) ->
              admit(
                  request,
                  new AdminAnswers(request, response, guarded.name(), counted),
                  guarded,
                  path);
          case Entry.Open(OpenOperation open) ->
              serve(request, new AdminAnswers(request, response, open.name(), counted), open);
        }
      }
    }
  }

  /** As it was sent: the gate judges the same. */
  private static String rawPath(ServerRequest request) {
    return request.prologue().uriPath().rawPath();
  }

  private void serve(ServerRequest request, AdminAnswers answers, OpenOperation operation) {
    // A place is taken by whoever has said all, so that nobody holds one by being slow.
    read(
        request,
        answers,
        Map.of(),
        AdminCallReader.requestId(request),
        call -> {
          if (!strangers.tryAcquire()) {
            answers.unavailable(Reason.OVERLOADED.code());
            return;
          }
          try {
            answers.run(call, () -> operation.handler().apply(call));
          } finally {
            strangers.release();
          }
        });
  }

  private void admit(
      ServerRequest request,
      AdminAnswers answers,
      AdminOperation operation,
      Map<String, String> path) {
    List<String> authorization =
        request.headers().contains(HeaderNames.AUTHORIZATION)
            ? request.headers().get(HeaderNames.AUTHORIZATION).allValues()
            : List.of();
    String id = AdminCallReader.requestId(request);
    Optional<Admission> judged = judge(operation, rawPath(request), authorization, id);
    if (judged.isEmpty()) {
      answers.unavailable(Reason.OVERLOADED.code());
      return;
    }
    switch (judged.get()) {
      case Admission.Refused refused -> {
        audit.refused(operation, refused.decision(), AdminCallReader.traceId(request));
        answers.refuse(refused.decision());
      }
      case Admission.Admitted admitted -> {
        if (!admitted.rule().paths().contains(operation.path())) {
          throw new IllegalStateException(
              "admitted by " + admitted.rule().name() + " to " + operation.name());
        }
        if (!places.tryAcquire()) {
          answers.unavailable(Reason.OVERLOADED.code());
          return;
        }
        try {
          read(
              request,
              answers,
              path,
              id,
              call -> run(answers, operation, admitted.operator(), call));
        } finally {
          places.release();
        }
      }
    }
  }

  /** Strangers' tokens are verified a few at a time; empty where one's turn does not come. */
  private Optional<Admission> judge(
      AdminOperation operation, String path, List<String> authorization, String id) {
    try {
      if (!judging.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return Optional.of(gate.admit(operation.method(), path, authorization, id));
    } finally {
      judging.release();
    }
  }

  private static void read(
      ServerRequest request,
      AdminAnswers answers,
      Map<String, String> path,
      String id,
      Consumer<Call> then) {
    switch (AdminCallReader.read(request, path, id)) {
      case AdminCallReader.Result.Unreadable unclear ->
          answers.refuse(Outcome.INVALID, unclear.status(), unclear.error(), unclear.reason());
      case AdminCallReader.Result.Read(Call call) -> then.accept(call);
    }
  }

  private void run(AdminAnswers answers, AdminOperation operation, Operator operator, Call call) {
    if (!audit.admitted(operation, operator, call)) {
      LOG.log(
          Level.ERROR,
          "operator {0}: {1} was not done: the audit log does not take it",
          operator.tokenId(),
          operation.name());
      answers.unavailable("audit_unavailable");
      return;
    }
    // The gat's id and nothing else of it: the issuer knows whose it is.
    LOG.log(Level.INFO, "operator {0}: {1}", operator.tokenId(), operation.name());
    answers.run(call, () -> operation.handler().run(operator, call));
  }
}
