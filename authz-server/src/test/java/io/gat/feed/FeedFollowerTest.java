package io.gat.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.feed.FeedFollower.Place;
import io.gat.feed.FeedFollower.UntrustworthyException;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FeedFollowerTest {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(10);
  private static final Duration LEASE = Duration.ofMillis(9_900);
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final String LOG = "log-a";
  private static final List<String> NONE = List.of();

  private Duration wall = Duration.ZERO;
  private Duration monotonic = Duration.ZERO;
  private final List<FeedView> views = new ArrayList<>();
  private final FeedFollower follower = new FeedFollower(MAX_STALENESS, this::now, views::add);

  private Moment now() {
    return new Moment(START.plus(wall), monotonic);
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    monotonic = monotonic.plus(time);
  }

  private static FeedChange added(String tokenId) {
    return new FeedChange.Added(revocation(tokenId));
  }

  private static Revocation revocation(String tokenId) {
    return new Revocation(
        new Revocation.Selector.ByTokenId(tokenId), null, START, Revocation.Reach.ISSUED_BEFORE);
  }

  private static Revocable token(String tokenId) {
    return new Revocable("iss", tokenId, "j", "s", "c", List.of("orders"), "k", START);
  }

  private boolean isFresh() {
    return !views.isEmpty() && views.getLast().lease().isFresh(now());
  }

  private boolean revokes(String tokenId) {
    return views.getLast().revocations().revokes(token(tokenId));
  }

  /** A stream that knows the log up to 7. */
  private FeedFollower.Stream connected() throws UntrustworthyException {
    FeedFollower.Stream stream = follower.begin();
    stream.hello(LOG, NONE, LEEWAY, false);
    stream.changes(List.of(added("old")), 0, 7, true);
    return stream;
  }

  /** The same, proved just now. */
  private FeedFollower.Stream proved() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    stream.proof(stream.probe(), LOG, 7);
    return stream;
  }

  @Test
  void isStaleBeforeTheFirstProof() throws UntrustworthyException {
    var _ = connected();
    assertTrue(revokes("old"));
    assertFalse(isFresh());
  }

  @Test
  void leaseRunsFromTheProbeAndNotFromTheProof() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    long nonce = stream.probe();
    pass(Duration.ofSeconds(6));
    stream.proof(nonce, LOG, 7);
    assertEquals(LEASE.minusSeconds(6), follower.remaining());
    pass(Duration.ofMillis(3_899));
    assertTrue(isFresh());
    pass(Duration.ofMillis(1));
    assertFalse(isFresh());
  }

  @Test
  void proofCountsOnlyOnceItsChangesAreApplied() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    stream.proof(stream.probe(), LOG, 9);
    assertFalse(isFresh());
    stream.changes(List.of(added("a")), 7, 8, true);
    assertFalse(isFresh());
    stream.changes(List.of(added("b")), 8, 9, true);
    assertTrue(isFresh());
    assertTrue(revokes("b"));
  }

  @Test
  void noViewEverHasALeaseWithoutTheChangesThatItVouchesFor() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    stream.proof(stream.probe(), LOG, 8);
    stream.changes(List.of(added("a")), 7, 8, true);
    for (FeedView view : views) {
      assertTrue(!view.lease().isFresh(now()) || view.revocations().revokes(token("a")));
    }
  }

  @Test
  void earlierProofThatComesLateShortensNothing() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    long first = stream.probe();
    pass(Duration.ofSeconds(2));
    long second = stream.probe();
    stream.proof(second, LOG, 7);
    stream.proof(first, LOG, 7);
    stream.proof(second, LOG, 7);
    assertEquals(LEASE, follower.remaining());
  }

  @Test
  void proofsOfEarlierStreamsAndUnknownNoncesDoNotCount() throws UntrustworthyException {
    FeedFollower.Stream before = connected();
    long nonce = before.probe();
    FeedFollower.Stream stream = follower.begin();
    stream.hello(LOG, NONE, LEEWAY, true);
    before.proof(nonce, LOG, 7);
    stream.proof(nonce, LOG, 7);
    stream.proof(nonce + 100, LOG, 7);
    assertFalse(isFresh());
  }

  @Test
  void changesOfEarlierStreamsDoNotCount() throws UntrustworthyException {
    FeedFollower.Stream before = connected();
    FeedFollower.Stream stream = follower.begin();
    before.changes(List.of(added("late")), 7, 8, true);
    assertEquals(new Place(LOG, 7), follower.place());
    stream.hello(LOG, NONE, LEEWAY, true);
    stream.changes(List.of(added("late")), 7, 8, true);
    assertTrue(revokes("late"));
  }

  @Test
  void aSuspendedMachineIsStaleWhenItWakes() throws UntrustworthyException {
    var _ = proved();
    assertTrue(isFresh());
    wall = wall.plus(LEASE); // the monotonic clock stands
    assertFalse(isFresh());
  }

  @Test
  void aWallClockThatIsSetBackProlongsNothing() throws UntrustworthyException {
    var _ = proved();
    wall = wall.minus(Duration.ofHours(1));
    assertEquals(LEASE, follower.remaining());
    monotonic = monotonic.plus(LEASE);
    assertFalse(isFresh());
  }

  @Test
  void aWallClockThatIsSetForwardEndsTheLeaseUntilTheNextProof() throws UntrustworthyException {
    FeedFollower.Stream stream = proved();
    wall = wall.plus(Duration.ofHours(1));
    assertFalse(isFresh());
    stream.proof(stream.probe(), LOG, 7);
    assertEquals(LEASE, follower.remaining());
  }

  /** The process stands still before one of the steps for as long as a lease runs. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aPauseAfterTheProbeNeverLeavesAFreshLease(int step) throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    long nonce = stream.probe();
    pauseBefore(1, step);
    stream.proof(nonce, LOG, 9);
    pauseBefore(2, step);
    stream.changes(List.of(added("a")), 7, 8, true);
    pauseBefore(3, step);
    stream.changes(List.of(added("b")), 8, 9, true);
    pauseBefore(4, step);
    assertFalse(isFresh());
  }

  private void pauseBefore(int here, int step) {
    if (here == step) {
      pass(LEASE);
    }
  }

  @Test
  void repeatedOrSwappedChangesEndTheStreamAndChangeNothing() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    stream.changes(List.of(added("a")), 7, 8, true);
    assertThrows(
        UntrustworthyException.class, () -> stream.changes(List.of(added("a")), 7, 8, true));
    assertThrows(
        UntrustworthyException.class, () -> stream.changes(List.of(added("c")), 9, 10, true));
    assertThrows(
        UntrustworthyException.class, () -> stream.changes(List.of(added("c")), 8, 7, true));
    assertEquals(new Place(LOG, 8), follower.place());
    assertFalse(revokes("c"));
  }

  @Test
  void whatWasTakenBackIsInForceNoLonger() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    stream.changes(
        List.of(
            added("a"),
            new FeedChange.Lifted(revocation("old")),
            added("b"),
            new FeedChange.Lifted(revocation("b"))),
        7,
        11,
        true);
    assertFalse(revokes("old"));
    assertTrue(revokes("a"));
    assertFalse(revokes("b"));
    pass(Duration.ofHours(25));
    stream.changes(List.of(new FeedChange.Ended(START.plusMillis(1))), 11, 12, true);
    assertFalse(revokes("a"));
  }

  /** An issuer whose clock is ahead by a day ends entries of tokens that live on here. */
  @Test
  void whatTheIssuerEndsTooEarlyByTheOwnClockStays() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    Duration life = Duration.ofHours(24).plusMinutes(5).plus(LEEWAY);
    pass(life);
    stream.changes(List.of(new FeedChange.Ended(START.plusSeconds(60))), 7, 8, true);
    assertTrue(revokes("old"), "a token of the last moment is valid until now");
    pass(Duration.ofMillis(1));
    stream.changes(List.of(new FeedChange.Ended(START)), 8, 9, true);
    assertTrue(revokes("old"), "the own clock alone ends none");
    stream.changes(List.of(new FeedChange.Ended(START.plusSeconds(60))), 9, 10, true);
    assertFalse(revokes("old"));
  }

  @Test
  void nothingOfASnapshotCountsBeforeItsLastPart() throws UntrustworthyException {
    FeedFollower.Stream before = proved();
    before.changes(List.of(added("kept")), 7, 8, true);
    FeedFollower.Stream stream = follower.begin();
    stream.hello(LOG, NONE, LEEWAY, false);
    long nonce = stream.probe();
    stream.changes(List.of(added("a")), 0, 9, false);
    stream.proof(nonce, LOG, 8);
    assertTrue(revokes("kept"));
    assertFalse(revokes("a"));
    assertEquals(new Place(LOG, 8), follower.begin().from());

    FeedFollower.Stream again = follower.begin();
    again.hello(LOG, NONE, LEEWAY, false);
    again.changes(List.of(added("a")), 0, 9, false);
    again.changes(List.of(added("b")), 0, 9, true);
    assertTrue(revokes("a") && revokes("b"));
    assertFalse(revokes("kept"), "the snapshot is everything");
    assertEquals(new Place(LOG, 9), follower.place());
  }

  @Test
  void aProofDuringASnapshotCountsWithItsLastPart() throws UntrustworthyException {
    FeedFollower.Stream stream = follower.begin();
    stream.hello(LOG, NONE, LEEWAY, false);
    long nonce = stream.probe();
    stream.proof(nonce, LOG, 0);
    assertTrue(views.isEmpty());
    stream.changes(List.of(added("a")), 0, 9, true);
    assertTrue(isFresh());
    assertTrue(revokes("a"));
  }

  @Test
  void anotherLogIsRefused() throws UntrustworthyException {
    var _ = connected();
    FeedFollower.Stream stream = follower.begin();
    assertThrows(
        UntrustworthyException.class, () -> stream.hello("log-b", List.of("log-x"), LEEWAY, false));
    assertThrows(
        UntrustworthyException.class, () -> stream.hello("log-b", List.of(LOG), LEEWAY, true));
    assertThrows(UntrustworthyException.class, () -> stream.hello("", NONE, LEEWAY, false));
  }

  @Test
  void anAcceptedContinuationIsTakenWithoutTheLeaseOfTheLogBefore() throws UntrustworthyException {
    var _ = proved();
    FeedFollower.Stream stream = follower.begin();
    stream.hello("log-b", List.of("log-x", LOG), LEEWAY, false);
    long nonce = stream.probe();
    assertTrue(isFresh(), "until the other log is known, the known one counts");
    stream.changes(List.of(added("b")), 0, 3, true);
    assertFalse(isFresh());
    assertEquals(new Place("log-b", 3), follower.place());
    stream.proof(nonce, "log-b", 3);
    assertTrue(isFresh());
  }

  @Test
  void aProofOfTheLogBeforeDoesNotVouchForItsContinuation() throws UntrustworthyException {
    var _ = connected();
    FeedFollower.Stream stream = follower.begin();
    stream.hello("log-b", List.of(LOG), LEEWAY, false);
    long nonce = stream.probe();
    assertThrows(UntrustworthyException.class, () -> stream.proof(nonce, LOG, 1));
    stream.changes(List.of(added("b")), 0, 3, true);
    assertFalse(isFresh());
  }

  @Test
  void aLogThatHasGoneBackIsRefused() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    long nonce = stream.probe();
    assertThrows(UntrustworthyException.class, () -> stream.proof(nonce, LOG, 6));
    FeedFollower.Stream again = follower.begin();
    again.hello(LOG, NONE, LEEWAY, false);
    assertThrows(
        UntrustworthyException.class, () -> again.changes(List.of(added("x")), 0, 6, true));
    assertEquals(new Place(LOG, 7), follower.place());
    assertTrue(revokes("old"));
    assertFalse(isFresh());
  }

  @Test
  void nothingCountsBeforeAHelloAndNoneComesTwice() throws UntrustworthyException {
    FeedFollower.Stream stream = follower.begin();
    long nonce = stream.probe();
    assertThrows(
        UntrustworthyException.class, () -> stream.changes(List.of(added("a")), 0, 1, true));
    assertThrows(UntrustworthyException.class, () -> stream.proof(nonce, LOG, 0));
    stream.hello(LOG, NONE, LEEWAY, false);
    assertThrows(UntrustworthyException.class, () -> stream.hello(LOG, NONE, LEEWAY, false));
    assertThrows(
        UntrustworthyException.class,
        () -> stream.changes(List.of(new FeedChange.Lifted(revocation("a"))), 0, 1, true));
    assertTrue(views.isEmpty());
  }

  @Test
  void leewayOfTheIssuerCountsAlsoWhereItGoesOn() throws UntrustworthyException {
    Revocation bySubject =
        new Revocation(
            new Revocation.Selector.BySubject("s"), null, START, Revocation.Reach.ISSUED_BEFORE);
    connected().changes(List.of(new FeedChange.Added(bySubject)), 7, 8, true);
    Revocable later =
        new Revocable("iss", "new", "j", "s", "c", List.of("orders"), "k", START.plusSeconds(8));
    assertFalse(views.getLast().revocations().revokes(later));
    follower.begin().hello(LOG, NONE, Duration.ofSeconds(8), true);
    assertTrue(views.getLast().revocations().revokes(later));
  }

  @Test
  void saysForHowLongAProbeWaitsInVain() throws UntrustworthyException {
    FeedFollower.Stream stream = connected();
    assertEquals(Duration.ZERO, stream.unansweredFor());
    long nonce = stream.probe();
    pass(Duration.ofSeconds(3));
    assertEquals(Duration.ofSeconds(3), stream.unansweredFor());
    stream.changes(List.of(), 7, 7, true);
    assertEquals(Duration.ZERO, stream.unansweredFor(), "it goes on");
    pass(Duration.ofSeconds(1));
    wall = wall.plus(Duration.ofHours(1));
    assertEquals(Duration.ofSeconds(1), stream.unansweredFor());
    stream.proof(nonce, LOG, 7);
    assertEquals(Duration.ZERO, stream.unansweredFor());
  }

  /** Whatever comes in whatever order, no lease is longer than from its probe. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noLeaseIsLongerThanFromTheNewestProvedProbe(long seed) throws UntrustworthyException {
    Random random = new Random(seed);
    FeedFollower.Stream stream = connected();
    List<Long> open = new ArrayList<>();
    List<Duration> sentAt = new ArrayList<>();
    Duration newest = Duration.ofDays(-1);
    for (int i = 0; i < 2_000; i++) {
      pass(Duration.ofMillis(random.nextInt(400)));
      if (random.nextInt(10) == 0) {
        wall = wall.plus(Duration.ofMillis(random.nextInt(20_000) - 10_000));
      }
      if (random.nextBoolean()) {
        open.add(stream.probe());
        sentAt.add(monotonic);
      } else if (!open.isEmpty()) {
        int at = random.nextInt(open.size());
        stream.proof(open.get(at), LOG, 7);
        newest = newest.compareTo(sentAt.get(at)) > 0 ? newest : sentAt.get(at);
      }
      if (isFresh()) {
        assertTrue(monotonic.compareTo(newest.plus(LEASE)) < 0);
      }
    }
  }
}
