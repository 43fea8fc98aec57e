package io.gat.promise;

import io.gat.promise.History.Acknowledged;
import io.gat.promise.History.Attempt;
import io.gat.promise.History.Away;
import io.gat.promise.History.Checked;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges a history. There is no slack in it: a check arrived later than it was sent, and a
 * revocation was acknowledged earlier than its answer was read, so that whatever is found is a
 * violation on any machine, however slow.
 */
final class Oracle {
  /** Answers that a valid token may get at any time: nobody is refused for good by them. */
  private static final Set<String> PASSING = Set.of("revocation_stale", "overloaded");

  private static final int SHOWN = 20;

  private final History history;
  private final Duration maxStaleness;
  private final Duration leeway;
  private final Map<String, List<Attempt>> attempts = new HashMap<>();
  private final Map<String, List<Acknowledged>> acknowledged = new HashMap<>();
  private final Map<Token, Long> revokedSince = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private int found;

  /**
   * A judge.
   *
   * @param leeway the issuer's: how much later than a revocation a token that it hits may say it
   *     was issued
   */
  Oracle(History history, Duration maxStaleness, Duration leeway) {
    this.history = history;
    this.maxStaleness = maxStaleness;
    this.leeway = leeway;
    history.attempts.forEach(
        a -> attempts.computeIfAbsent(a.asked().selector(), s -> new ArrayList<>()).add(a));
    history.acknowledged.forEach(
        a -> acknowledged.computeIfAbsent(a.asked().selector(), s -> new ArrayList<>()).add(a));
    history.minted.forEach(
        t -> {
          Long since = acknowledgedAt(t);
          if (since != null) {
            revokedSince.put(t, since);
          }
        });
  }

  /** All violations, a line each; the first ones of many. */
  List<String> violations() {
    violations.clear();
    found = 0;
    noneIsAllowedTooLate();
    noneIsAllowedAgain();
    noneIsRefusedWithoutReason();
    noneIsMintedWhileRevoked();
    if (found > SHOWN) {
      violations.add("… " + found + " violations in all");
    }
    return List.copyOf(violations);
  }

  /** Tokens that an acknowledged revocation hits. */
  Set<Token> revoked() {
    return Set.copyOf(revokedSince.keySet());
  }

  /** Tokens that nothing hits that was ever asked for, acknowledged or not. */
  List<Token> untouched() {
    return history.minted.stream().filter(t -> !mayBeRevoked(t, Long.MAX_VALUE)).toList();
  }

  private void violated(String rule, Object what) {
    if (found++ < SHOWN) {
      violations.add(rule + ": " + what);
    }
  }

  /** The promise. */
  private void noneIsAllowedTooLate() {
    for (Checked check : history.checked) {
      Long since = revokedSince.get(check.token());
      if (check.answer().equals("ok")
          && since != null
          && check.sent() - since > maxStaleness.toNanos()) {
        violated(
            "ALLOWED TOO LATE",
            "server "
                + check.server()
                + ", sent "
                + Duration.ofNanos(check.sent() - since).toMillis()
                + " ms after the acknowledgement: "
                + History.about(check.token()));
      }
    }
  }

  /** How long after an acknowledgement the last check was sent that was allowed all the same. */
  Duration latestAllow() {
    long latest = 0;
    for (Checked check : history.checked) {
      Long since = revokedSince.get(check.token());
      if (check.answer().equals("ok") && since != null) {
        latest = Math.max(latest, check.sent() - since);
      }
    }
    return Duration.ofNanos(latest);
  }

  /** What an authz server has refused as revoked it knows, and forgets only by not answering. */
  private void noneIsAllowedAgain() {
    Map<String, Long> refused = new HashMap<>();
    for (Checked check : history.checked) {
      if (check.answer().equals("revoked")) {
        refused.merge(check.server() + check.token().tokenId(), check.answered(), Oracle::earlier);
      }
    }
    for (Checked check : history.checked) {
      Long at = refused.get(check.server() + check.token().tokenId());
      if (check.answer().equals("ok") && at != null && check.sent() - at > 0) {
        violated("ALLOWED AGAIN", "server " + check.server() + ": " + History.about(check.token()));
      }
    }
  }

  private void noneIsRefusedWithoutReason() {
    Map<String, Long> firstAnswers = new HashMap<>();
    for (Checked check : history.checked) {
      if (!isWithoutKeys(check) && !isUnanswered(check)) {
        firstAnswers.merge(check.server() + "/" + check.life(), check.answered(), Oracle::earlier);
      }
    }
    for (Checked check : history.checked) {
      boolean justified =
          switch (check.answer()) {
            case "ok" -> true;
            case "revoked" -> mayBeRevoked(check.token(), check.answered());
            // Until the feed has brought keys, once for each process.
            case "keys_unavailable" -> {
              Long first = firstAnswers.get(check.server() + "/" + check.life());
              yield first == null || check.sent() - first <= 0;
            }
            default -> PASSING.contains(check.answer()) || (isUnanswered(check) && wasAway(check));
          };
      if (!justified) {
        violated(
            "REFUSED WITHOUT REASON",
            "server "
                + check.server()
                + " answered "
                + check.answer()
                + ": "
                + History.about(check.token()));
      }
    }
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }

  private static boolean isWithoutKeys(Checked check) {
    return check.answer().equals("keys_unavailable");
  }

  private static boolean isUnanswered(Checked check) {
    return check.answer().startsWith(History.NO_ANSWER);
  }

  private boolean wasAway(Checked check) {
    for (Away away : history.away) {
      if (away.server() == check.server()
          && check.sent() - away.until() <= 0
          && check.answered() - away.from() >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Whoever is revoked gets no new token until the leeway is over. */
  private void noneIsMintedWhileRevoked() {
    for (Token token : history.minted) {
      for (String selector : token.selectors()) {
        for (Acknowledged one : acknowledged.getOrDefault(selector, List.of())) {
          if (token.sent() - one.at() > 0 && hits(one.asked(), one.revokedAt(), token)) {
            violated("MINTED WHILE REVOKED", History.about(token) + " is hit by " + one.asked());
          }
        }
      }
    }
  }

  /** When the first revocation that hits it was acknowledged; null for none. */
  private @Nullable Long acknowledgedAt(Token token) {
    Long first = null;
    for (String selector : token.selectors()) {
      for (Acknowledged one : acknowledged.getOrDefault(selector, List.of())) {
        if (mustHit(one, token) && (first == null || one.at() - first < 0)) {
          first = one.at();
        }
      }
    }
    return first;
  }

  /** By its own id, or by the times that tokens and entries say: an issuer's clock may go back. */
  private boolean mustHit(Acknowledged one, Token token) {
    boolean wasThere = one.asked().issuedBefore() == null && one.sent() - token.answered() > 0;
    return (wasThere && one.asked().namesIt()) || hits(one.asked(), one.revokedAt(), token);
  }

  private boolean mayBeRevoked(Token token, long answered) {
    for (String selector : token.selectors()) {
      for (Attempt one : attempts.getOrDefault(selector, List.of())) {
        if (one.sent() - answered < 0 || answered == Long.MAX_VALUE) {
          Instant issuedBefore = one.asked().issuedBefore();
          // Where nobody has said a time, the issuer's clock has; it is not known here.
          if (issuedBefore == null || hits(one.asked(), issuedBefore, token)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** DESIGN.md, section 9. */
  private boolean hits(Asked asked, @Nullable Instant revokedAt, Token token) {
    if (asked.block()) {
      return true;
    }
    return revokedAt != null
        && !token
            .issuedAt()
            .isAfter(Instant.ofEpochMilli(Revocation.millis(revokedAt)).plus(leeway));
  }

  /** Acknowledged entries that a list of all in force lacks. */
  Set<String> lost(Set<String> idsInForce) {
    Set<String> lost = new HashSet<>();
    history.acknowledged.stream()
        .filter(a -> !a.id().isEmpty() && !idsInForce.contains(a.id()))
        .forEach(a -> lost.add(a.id() + " " + a.asked()));
    return lost;
  }
}
