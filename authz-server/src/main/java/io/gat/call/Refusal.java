package io.gat.call;

import io.gat.decide.Decision;
import io.gat.decide.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the caller of a denied or unanswered call gets; its texts are {@link DenialText}.
 *
 * @param status an HTTP status
 * @param headers the answer's own
 * @param body JSON
 */
public record Refusal(int status, List<Header> headers, String body) {
  private static final Header JSON = new Header("content-type", "application/json");
  private static final Header RETRY = new Header("retry-after", "1");

  public Refusal {
    headers = List.copyOf(headers);
    Objects.requireNonNull(body);
  }

  /** What the caller of a denied call gets. */
  public static Refusal of(Decision.Deny denied, HeaderBudget budget) {
    return of(
        denied.reason(),
        denied.facts().request().requestId(),
        DenialText.challenge(denied, budget));
  }

  /** What the caller of a call gets for which gat has no answer. */
  public static Refusal of(Decision.Failed failed) {
    return of(failed.reason(), failed.facts().request().requestId(), "");
  }

  /** The last resort: a failure without facts. */
  public static Refusal internalError() {
    return of(Reason.INTERNAL_ERROR, "", "");
  }

  private static Refusal of(Reason reason, String requestId, String challenge) {
    List<Header> headers = new ArrayList<>(3);
    headers.add(JSON);
    if (reason.status() == 503) {
      headers.add(RETRY);
    }
    if (!challenge.isEmpty()) {
      headers.add(new Header("www-authenticate", challenge));
    }
    return new Refusal(reason.status(), headers, DenialText.body(reason, requestId));
  }
}
