package io.gat.feed;

import io.gat.feed.FeedFollower.UntrustworthyException;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A minute of an authz server, its issuer and the log, in steps of 10 ms by one seed: the real
 * {@link FeedFollower} with all else a model. The log always takes revocations (from other
 * issuers); this issuer is cut off from it now and then, the way between is cut or slow, either
 * process stands still, and by an odd seed the wall clock is set, by an even one the machine is
 * suspended. Both within one lease is what no process could notice.
 */
final class FeedWorld {
  static final Duration MAX_STALENESS = Duration.ofSeconds(1);
  private static final Duration STEP = Duration.ofMillis(10);
  private static final int STEPS = 6_000;
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final String LOG = "log";

  /** What a program could do wrong. */
  enum Mistake {
    NONE,
    /** The server takes its open stream for a proof. */
    VOUCHING_BY_LOCAL_TIME,
    /** The issuer does not wait until the log has acknowledged. */
    PROOF_WITHOUT_ACKNOWLEDGEMENT,
    /** The lease runs from when the proof came. */
    LEASE_FROM_ARRIVAL,
    /** Freshness is judged once a second. */
    CACHED_LEASE,
    /** A proof counts before the changes that it covers. */
    PROOF_BEFORE_CHANGES,
    /** What happened while there was no stream is left out. */
    DELTA_DROPPED_ON_RECONNECT
  }

  /** A message on its way, not there before a time. */
  private record OnItsWay(Duration at, Delivery what) {}

  private interface Delivery {
    void arrive() throws UntrustworthyException;
  }

  private record Acknowledged(String tokenId, Duration at) {}

  private final Random random;
  private final Mistake mistake;
  private final boolean isSuspended;
  private Duration now = Duration.ZERO;
  private Duration suspended = Duration.ZERO;
  private Duration wallOffset = Duration.ZERO;

  private final List<Acknowledged> log = new ArrayList<>();
  private int read; // by the issuer
  private int sent; // on the stream
  private final Deque<OnItsWay> toIssuer = new ArrayDeque<>();
  private final Deque<OnItsWay> toServer = new ArrayDeque<>();
  private final Deque<OnItsWay> ticks = new ArrayDeque<>();

  private Duration logAway = Duration.ZERO;
  private Duration wayCut = Duration.ZERO;
  private Duration issuerPaused = Duration.ZERO;
  private Duration serverPaused = Duration.ZERO;
  private Duration noStreamUntil = Duration.ZERO;

  private final FeedFollower follower;
  private FeedFollower.@Nullable Stream stream;
  private @Nullable FeedView view;
  private boolean cachedFresh;
  private Duration cachedUntil = Duration.ZERO;
  private long fresh;
  private final List<String> violations = new ArrayList<>();

  FeedWorld(long seed, Mistake mistake) {
    this.random = new Random(seed);
    this.isSuspended = seed % 2 == 0;
    this.mistake = mistake;
    this.follower = new FeedFollower(MAX_STALENESS, this::clocks, this::take);
  }

  private Moment clocks() {
    return new Moment(START.plus(now).plus(wallOffset), now.minus(suspended));
  }

  private void take(FeedView next) {
    FeedView before = view;
    boolean renewed = before == null || !before.lease().from().equals(next.lease().from());
    view =
        mistake == Mistake.LEASE_FROM_ARRIVAL && next.lease().length().isPositive()
            ? new FeedView(
                renewed || before == null
                    ? new Lease(clocks(), next.lease().length())
                    : before.lease(),
                next.epoch(),
                next.revocations())
            : next;
  }

  void run() {
    for (int step = 0; step < STEPS; step++) {
      now = now.plus(STEP);
      faults();
      if (random.nextInt(80) == 0) {
        log.add(new Acknowledged("t" + log.size(), now));
      }
      issuer();
      server(step);
      judge();
    }
  }

  private void faults() {
    logAway = begun(logAway, 500, 4_000);
    wayCut = begun(wayCut, 500, 3_000);
    issuerPaused = begun(issuerPaused, 600, 2_500);
    serverPaused = begun(serverPaused, 600, 2_500);
    if (!isSuspended && random.nextInt(400) == 0) {
      wallOffset = Duration.ofMillis(random.nextInt(20_000) - 10_000);
    }
    if (isSuspended && random.nextInt(500) == 0) {
      Duration sleep = Duration.ofMillis(random.nextInt(3_000));
      now = now.plus(sleep);
      suspended = suspended.plus(sleep);
    }
    if (random.nextInt(300) == 0) {
      disconnect();
    }
  }

  private Duration begun(Duration until, int rarely, int longest) {
    return random.nextInt(rarely) == 0 ? now.plusMillis(random.nextInt(longest)) : until;
  }

  private void disconnect() {
    stream = null;
    toIssuer.clear();
    toServer.clear();
    ticks.clear();
    noStreamUntil = now.plusMillis(random.nextInt(1_500));
  }

  private OnItsWay onItsWay(Deque<OnItsWay> way, Delivery what) {
    Duration earliest = way.isEmpty() ? now : way.getLast().at();
    Duration at =
        now.plusMillis(random.nextInt(10) == 0 ? random.nextInt(900) : random.nextInt(40));
    return new OnItsWay(at.compareTo(earliest) > 0 ? at : earliest, what);
  }

  private void send(Deque<OnItsWay> way, Delivery what) {
    way.add(onItsWay(way, what));
  }

  private void arrive(Deque<OnItsWay> way) {
    while (!way.isEmpty() && way.getFirst().at().compareTo(now) <= 0) {
      try {
        way.removeFirst().what().arrive();
      } catch (UntrustworthyException e) {
        disconnect();
      }
    }
  }

  private void issuer() {
    if (issuerPaused.compareTo(now) > 0) {
      return;
    }
    boolean hasLog = logAway.compareTo(now) <= 0;
    if (hasLog) {
      read = log.size() - (random.nextInt(4) == 0 ? Math.min(1, log.size() - read) : 0);
    }
    if (wayCut.compareTo(now) <= 0) {
      arrive(toIssuer);
    }
    if (hasLog) {
      arrive(ticks);
    }
    tell();
  }

  private void asked(FeedFollower.Stream by, long nonce) {
    if (mistake == Mistake.PROOF_WITHOUT_ACKNOWLEDGEMENT) {
      prove(by, nonce, read);
    } else {
      send(ticks, () -> acknowledged(by, nonce));
    }
  }

  /** The log has taken the tick: what it had by now is read before the proof goes. */
  private void acknowledged(FeedFollower.Stream by, long nonce) {
    read = log.size();
    prove(by, nonce, read);
  }

  private void prove(FeedFollower.Stream by, long nonce, long position) {
    if (mistake == Mistake.PROOF_BEFORE_CHANGES) {
      send(toServer, () -> by.proof(nonce, LOG, follower.place().position()));
      return;
    }
    tell();
    send(toServer, () -> by.proof(nonce, LOG, position));
  }

  private void tell() {
    FeedFollower.Stream to = stream;
    if (to == null || sent >= read) {
      return;
    }
    List<FeedChange> changes = changes(sent, read);
    long after = sent;
    long upTo = read;
    sent = read;
    send(toServer, () -> to.changes(changes, after, upTo, true));
  }

  private List<FeedChange> changes(int from, int to) {
    return log.subList(from, to).stream()
        .<FeedChange>map(
            one ->
                new FeedChange.Added(
                    new Revocation(
                        new Revocation.Selector.ByTokenId(one.tokenId()),
                        null,
                        START,
                        Revocation.Reach.ALL)))
        .toList();
  }

  private void server(int step) {
    if (serverPaused.compareTo(now) > 0) {
      return;
    }
    if (stream == null && noStreamUntil.compareTo(now) <= 0) {
      connect();
    }
    if (wayCut.compareTo(now) <= 0) {
      arrive(toServer);
    }
    FeedFollower.Stream open = stream;
    if (open != null && step % 25 == 0) {
      long nonce = open.probe();
      send(toIssuer, () -> asked(open, nonce));
      if (mistake == Mistake.VOUCHING_BY_LOCAL_TIME) {
        send(toServer, () -> open.proof(nonce, LOG, follower.place().position()));
      }
    }
  }

  private void connect() {
    FeedFollower.Stream next = follower.begin();
    stream = next;
    boolean resumed = !next.from().incarnation().isEmpty() && next.from().position() <= read;
    if (!resumed && !next.from().incarnation().isEmpty()) {
      disconnect(); // this issuer is behind: it would catch up first
      return;
    }
    send(toServer, () -> next.hello(LOG, List.of(), Duration.ZERO, resumed));
    int from = (int) next.from().position();
    List<FeedChange> rest =
        resumed && mistake == Mistake.DELTA_DROPPED_ON_RECONNECT
            ? List.of()
            : changes(resumed ? from : 0, read);
    long upTo = read;
    sent = read;
    send(toServer, () -> next.changes(rest, from, upTo, true));
  }

  private void judge() {
    FeedView seen = view;
    if (seen == null || serverPaused.compareTo(now) > 0) {
      return;
    }
    boolean isFresh = seen.lease().isFresh(clocks());
    if (mistake == Mistake.CACHED_LEASE) {
      if (cachedUntil.compareTo(now) <= 0) {
        cachedFresh = isFresh;
        cachedUntil = now.plus(MAX_STALENESS);
      }
      isFresh = cachedFresh;
    }
    if (!isFresh) {
      return;
    }
    fresh++;
    for (Acknowledged one : log.subList(Math.max(0, log.size() - 30), log.size())) {
      if (now.compareTo(one.at().plus(MAX_STALENESS)) > 0
          && !seen.revocations().revokes(token(one.tokenId()))) {
        violations.add(one + " was allowed at " + now);
      }
    }
  }

  private static Revocable token(String tokenId) {
    return new Revocable("iss", tokenId, "j", "s", "c", List.of("orders"), "k", START);
  }

  List<String> violations() {
    return violations;
  }

  int revoked() {
    return log.size();
  }

  long freshPercent() {
    return fresh * 100 / STEPS;
  }
}
