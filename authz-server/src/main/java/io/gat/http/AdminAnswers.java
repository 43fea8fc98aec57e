package io.gat.http;

import io.gat.admin.AdminCalls;
import io.gat.admin.AdminCalls.Outcome;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.call.DenialText;
import io.gat.call.Header;
import io.gat.call.HeaderBudget;
import io.gat.call.Refusal;
import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Supplier;

/** Writes the answer of one call of the admin API, JSON that nobody keeps, and counts the call. */
final class AdminAnswers {
  private static final Logger LOG = System.getLogger(AdminAnswers.class.getName());

  private final ServerRequest request;
  private final ServerResponse response;
  private final String operation;
  private final AdminCalls counted;

  /**
   * For one call.
   *
   * @param operation its name for {@link AdminCalls}
   */
  AdminAnswers(
      ServerRequest request, ServerResponse response, String operation, AdminCalls counted) {
    this.request = request;
    this.response = response;
    this.operation = operation;
    this.counted = counted;
  }

  /** Runs an operation and writes what it answers. */
  void run(Call call, Supplier<Answer> handler) {
    Answer answer;
    try {
      answer = handler.get();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "bug in " + operation + "; please report it", e);
      write(
          Outcome.FAILED,
          500,
          DenialText.body("internal_error", Reason.INTERNAL_ERROR.code(), call.requestId()));
      return;
    }
    if (answer.status() == 503) {
      response.header(HeaderNames.RETRY_AFTER, "1");
    }
    write(outcome(answer.status()), answer.status(), answer.json());
  }

  private static Outcome outcome(int status) {
    if (status < 400) {
      return Outcome.DONE;
    }
    return status < 500 ? Outcome.DECLINED : Outcome.UNAVAILABLE;
  }

  void unavailable(String reason) {
    response.header(HeaderNames.RETRY_AFTER, "1");
    refuse(Outcome.UNAVAILABLE, 503, "unavailable", reason);
  }

  /** The path has other methods. */
  void otherMethods(List<String> allowed) {
    response.header(HeaderNames.ALLOW, String.join(", ", allowed));
    refuse(Outcome.INVALID, 405, "invalid_request", "method_not_allowed");
  }

  /** Nobody who may do that. */
  void refuse(Decision decision) {
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
    write(
        refusal.status() == 503 ? Outcome.UNAVAILABLE : Outcome.REFUSED,
        refusal.status(),
        refusal.body());
  }

  void refuse(Outcome outcome, int status, String error, String reason) {
    write(outcome, status, DenialText.body(error, reason, AdminCallReader.requestId(request)));
  }

  private void write(Outcome outcome, int status, String json) {
    counted.count(operation, outcome); // whoever has the answer finds it counted
    response
        .status(Status.create(status))
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .send(json);
  }
}
