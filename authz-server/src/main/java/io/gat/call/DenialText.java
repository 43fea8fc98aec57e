package io.gat.call;

import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.gat.policy.Service;
import java.util.Set;

/**
 * The texts that the caller of a denied or unanswered call gets. The body is {@code {"error",
 * "reason", "request_id"}}; {@code error} is RFC 6750's code (section 3.1) where it has one:
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
 */
public final class DenialText {
  private DenialText() {}

  /**
   * The body.
   *
   * @param requestId visible ASCII, empty for none
   */
  public static String body(Reason reason, String requestId) {
    return body(reason.error(), reason.code(), requestId);
  }

  /** A body of the same form for what is no decision's reason; all parts are visible ASCII. */
  public static String body(String error, String reason, String requestId) {
    StringBuilder body = new StringBuilder(128);
    body.append("{\"error\":\"").append(error);
    body.append("\",\"reason\":\"").append(reason);
    body.append("\",\"request_id\":\"");
    // Only visible ASCII gets here, so these two are all that JSON cannot hold.
    for (int i = 0; i < requestId.length(); i++) {
      char c = requestId.charAt(i);
      if (c == '"' || c == '\\') {
        body.append('\\');
      }
      body.append(c);
    }
    return body.append("\"}").toString();
  }

  /**
   * The {@code www-authenticate} value without what is too long to help, or empty where a token is
   * not what was missing.
   */
  static String challenge(Decision.Deny denied, HeaderBudget budget) {
    Reason reason = denied.reason();
    if (reason.status() != 401 && reason != Reason.INSUFFICIENT_SCOPE) {
      return "";
    }
    String service = denied.facts().service().map(Service::name).orElse("");
    String realm = "Bearer realm=\"" + HeaderText.quoted(service) + '"';
    return reason == Reason.NO_TOKEN
        ? realm
        : realm + ", error=\"" + reason.error() + '"' + scope(denied.detail(), budget);
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
