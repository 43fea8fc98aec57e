package io.gat.call;

import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.gat.policy.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the caller of a denied or unanswered call gets. The body is {@code {"error", "reason",
 * "request_id"}}; {@code error} is RFC 6750's code (section 3.1) where it has one:
 *
 * <table>
 * <caption>The word in {@code error}</caption>
 * <tr><th>status</th><th>reason</th><th>error</th></tr>
 * <tr><td>400</td><td>ambiguous_request</td><td>invalid_request</td></tr>
 * <tr><td>401</td><td>no_token</td><td>unauthorized</td></tr>
 * <tr><td>401</td><td>every other</td><td>invalid_token</td></tr>
 * <tr><td>403</td><td>insufficient_scope</td><td>insufficient_scope</td></tr>
 * <tr><td>403</td><td>every other</td><td>access_denied</td></tr>
 * <tr><td>503</td><td>every one</td><td>unavailable</td></tr>
 * </table>
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
    return of(denied.reason(), denied.facts().request().requestId(), challenge(denied, budget));
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
    return new Refusal(reason.status(), headers, body(reason, requestId));
  }

  private static String body(Reason reason, String requestId) {
    StringBuilder body = new StringBuilder(128);
    body.append("{\"error\":\"").append(error(reason));
    body.append("\",\"reason\":\"").append(reason.code());
    body.append("\",\"request_id\":\"");
    // The mapper lets only visible ASCII through, so these two are all that JSON cannot hold.
    for (int i = 0; i < requestId.length(); i++) {
      char c = requestId.charAt(i);
      if (c == '"' || c == '\\') {
        body.append('\\');
      }
      body.append(c);
    }
    return body.append("\"}").toString();
  }

  /** The word in {@code error}. */
  static String error(Reason reason) {
    return switch (reason) {
      case OK -> throw new IllegalArgumentException("an allowed call has no error");
      case AMBIGUOUS_REQUEST -> "invalid_request";
      case NO_TOKEN -> "unauthorized";
      case MALFORMED_TOKEN,
          UNKNOWN_ISSUER,
          ALG_NOT_ALLOWED,
          WRONG_TYPE,
          UNKNOWN_KEY,
          BAD_SIGNATURE,
          MISSING_CLAIM,
          LIFETIME_TOO_LONG,
          NOT_YET_VALID,
          EXPIRED,
          WRONG_AUDIENCE,
          REVOKED,
          BINDING_MISMATCH,
          REPLAYED,
          TOO_OLD ->
          "invalid_token";
      case INSUFFICIENT_SCOPE -> "insufficient_scope";
      case NO_SERVICE, NO_RULE, DENIED_BY_RULE, CONDITION_FALSE -> "access_denied";
      case REVOCATION_STALE, KEYS_UNAVAILABLE, OVERLOADED, INTERNAL_ERROR -> "unavailable";
    };
  }

  /** The {@code www-authenticate} value, or empty where a token is not what was missing. */
  private static String challenge(Decision.Deny denied, HeaderBudget budget) {
    Reason reason = denied.reason();
    if (reason.status() != 401 && reason != Reason.INSUFFICIENT_SCOPE) {
      return "";
    }
    String service = denied.facts().service().map(Service::name).orElse("");
    String realm = "Bearer realm=\"" + HeaderText.quoted(service) + '"';
    return reason == Reason.NO_TOKEN
        ? realm
        : realm + ", error=\"" + error(reason) + '"' + scope(denied.detail(), budget);
  }

  private static String scope(Decision.Detail detail, HeaderBudget budget) {
    return switch (detail) {
      case Decision.Detail.Scopes(Set<String> needed) -> {
        String scopes = HeaderText.quoted(String.join(" ", needed));
        yield budget.helps(scopes) ? ", scope=\"" + scopes + '"' : "";
      }
      case Decision.Detail.Nothing nothing -> "";
      case Decision.Detail.Unclear unclear -> "";
    };
  }
}
