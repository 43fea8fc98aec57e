package io.gat.promise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.promise.History.Acknowledged;
import io.gat.promise.History.Attempt;
import io.gat.promise.History.Away;
import io.gat.promise.History.Checked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The judge by histories that are written by hand: times are nanoseconds after {@link #START}. */
final class OracleTest {
  private static final Instant ISSUED = Instant.parse("2026-11-26T12:00:00Z");
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  /** Its clock may begin anywhere, and go over the largest number. */
  private static final long START = Long.MAX_VALUE - 1_000;

  private final History history = new History();
  private final Token token = minted("a", "alice", -10);

  private Token minted(String id, String subject, long answered) {
    Token one =
        new Token(
            "secret", id, "j" + id, subject, "shop", 0, "k", ISSUED, START - 20, START + answered);
    history.minted.add(one);
    return one;
  }

  private static Asked of(String kind, String value) {
    return new Asked(1, kind, value, null, false, null);
  }

  private void acknowledged(Asked asked, long sent, long at, Instant revokedAt) {
    history.attempts.add(new Attempt(asked, START + sent));
    history.acknowledged.add(new Acknowledged(asked, START + sent, START + at, "id", revokedAt));
  }

  private void checked(long sent, String answer) {
    history.checked.add(new Checked(0, 0, token, START + sent, START + sent + 5, answer));
  }

  private List<String> violations() {
    return new Oracle(history, BOUND, LEEWAY).violations();
  }

  private void assertOnly(String rule) {
    List<String> violations = violations();
    assertEquals(1, violations.size(), violations::toString);
    assertTrue(violations.getFirst().startsWith(rule + ":"), violations::toString);
  }

  @Test
  void allowsUntilTheBoundAndNoNanosecondLonger() {
    acknowledged(of("token_id", "a"), 0, 100, ISSUED);
    checked(100 + BOUND.toNanos(), "ok");
    assertEquals(List.of(), violations());
    checked(101 + BOUND.toNanos(), "ok");
    assertOnly("ALLOWED TOO LATE");
  }

  @Test
  void countsFromTheFirstOfSeveralRevocations() {
    acknowledged(of("subject", "alice"), 50, 200, ISSUED);
    acknowledged(of("client", "shop"), 0, 100, ISSUED);
    checked(101 + BOUND.toNanos(), "ok");
    assertOnly("ALLOWED TOO LATE");
  }

  @Test
  void judgesASubjectByTheTimesThatAreSaidAndATokenById() {
    Instant earlier = ISSUED.minus(LEEWAY).minusMillis(1);
    acknowledged(of("subject", "alice"), 0, 100, earlier);
    checked(101 + BOUND.toNanos(), "ok");
    assertEquals(List.of(), violations());
    acknowledged(of("jti", "ja"), 0, 100, earlier);
    assertOnly("ALLOWED TOO LATE");
  }

  @Test
  void findsATokenThatIsAllowedAgain() {
    history.attempts.add(new Attempt(of("token_id", "a"), START));
    checked(10, "revoked");
    checked(15, "ok"); // was sent when the other one's answer had been read, and not after
    assertEquals(List.of(), violations());
    checked(16, "ok");
    assertOnly("ALLOWED AGAIN");
  }

  @Test
  void findsWhatIsRefusedWithoutReason() {
    checked(10, "revocation_stale");
    checked(11, "overloaded");
    assertEquals(List.of(), violations());
    checked(12, "revoked");
    assertOnly("REFUSED WITHOUT REASON");
    history.attempts.add(new Attempt(of("client", "shop"), START + 16));
    assertEquals(List.of(), violations(), "nobody knows what came of that");
    checked(13, "expired");
    assertOnly("REFUSED WITHOUT REASON");
  }

  @Test
  void findsASilenceThatNobodyCaused() {
    checked(10, History.NO_ANSWER + "UNAVAILABLE");
    assertOnly("REFUSED WITHOUT REASON");
    history.away.add(new Away(1, START, START + 100));
    assertOnly("REFUSED WITHOUT REASON");
    history.away.add(new Away(0, START + 15, START + 100));
    assertEquals(List.of(), violations());
  }

  @Test
  void takesMissingKeysOnceForEachProcess() {
    checked(10, "keys_unavailable");
    checked(20, "ok");
    assertEquals(List.of(), violations());
    checked(26, "keys_unavailable");
    assertOnly("REFUSED WITHOUT REASON");
  }

  @Test
  void findsATokenThatIsMintedForWhomIsRevoked() {
    acknowledged(of("subject", "alice"), -100, -50, ISSUED);
    assertOnly("MINTED WHILE REVOKED");
  }

  @Test
  void namesWhatTheIssuerHasLost() {
    acknowledged(of("token_id", "a"), 0, 100, ISSUED);
    Oracle oracle = new Oracle(history, BOUND, LEEWAY);
    assertEquals(Set.of(token), oracle.revoked());
    assertEquals(Set.of(), oracle.lost(Set.of("id", "other")));
    assertEquals(1, oracle.lost(Set.of("other")).size());
  }

  @Test
  void knowsWhatNobodyEverAskedFor() {
    Token other = minted("b", "bob", -10);
    history.attempts.add(new Attempt(of("subject", "alice"), START));
    assertEquals(List.of(other), new Oracle(history, BOUND, LEEWAY).untouched());
  }
}
