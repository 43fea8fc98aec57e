package io.gat.admin;

import io.gat.issue.Selectors;
import io.gat.revocation.Revocation;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What an operator wants to revoke.
 *
 * @param reason why, on one line; empty where nobody has to say
 */
record RevocationRequest(Revocation revocation, String reason) {
  private static final Set<String> MEMBERS =
      Set.of("selector", "value", "issuer", "issued_before", "block", "reason");
  private static final int MAX_REASON = 256;

  RevocationRequest {
    Objects.requireNonNull(revocation);
    Objects.requireNonNull(reason);
  }

  /** Whether somebody has to say why. */
  enum Explanation {
    REQUIRED,
    OPTIONAL
  }

  /**
   * Reads a body.
   *
   * @param now or the latest time at which a token was issued, where that is later
   * @throws IllegalArgumentException where it is none; the message is for the caller
   */
  static RevocationRequest read(String body, Instant now, Explanation explanation) {
    Map<String, Object> members = JsonObjects.read(body, MEMBERS);
    String reason = JsonObjects.text(members, "reason", "");
    if (explanation == Explanation.REQUIRED || !reason.isEmpty()) {
      reason = explained(reason);
    }
    String issuer = JsonObjects.text(members, "issuer", "");
    return new RevocationRequest(
        new Revocation(
            Selectors.of(
                JsonObjects.text(members, "selector", ""), JsonObjects.text(members, "value", "")),
            issuer.isEmpty() ? null : issuer,
            issuedBefore(JsonObjects.text(members, "issued_before", ""), now),
            JsonObjects.flag(members, "block")
                ? Revocation.Reach.ALL
                : Revocation.Reach.ISSUED_BEFORE),
        reason);
  }

  private static Instant issuedBefore(String text, Instant now) {
    if (text.isEmpty()) {
      return now;
    }
    try {
      Instant time = Instant.parse(text);
      if (!time.isAfter(now)) {
        return time;
      }
    } catch (DateTimeParseException e) {
      // The message below says what is expected.
    }
    throw new IllegalArgumentException(
        "issued_before: write a past time such as 2026-11-24T12:00:00Z");
  }

  /**
   * A reason, as it must be: whoever finds the entry at 3 am must know why it is there.
   *
   * @throws IllegalArgumentException where it is none
   */
  static String explained(String text) {
    if (text.isBlank() || text.length() > MAX_REASON || text.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          "reason: say why, in 1 to " + MAX_REASON + " characters on one line");
    }
    return text;
  }
}
