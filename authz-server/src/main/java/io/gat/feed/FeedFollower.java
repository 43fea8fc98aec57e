package io.gat.feed;

import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an authz server knows by one issuer's feed, and until when it may call that fresh.
 *
 * <p>It outlives streams: whichever issuer of the log tells it, it goes on from the position where
 * it is. All rules of DESIGN.md, section 9, that concern this side are here, without a network and
 * by a clock that tests may set:
 *
 * <ul>
 *   <li>A lease runs from the moment before its probe was sent, and never from when a proof came.
 *   <li>A proof counts once everything up to its position is applied, and not before. It counts for
 *       the stream of its probe, and for the log that this stream has named.
 *   <li>Changes apply in one order without a gap; whoever sends others has lost something, and its
 *       stream is ended.
 *   <li>Another log counts only where it says that it continues the one that is known; a log that
 *       is shorter than it was, not at all.
 *   <li>An entry that may still hit a live token by the own wall clock stays, though the issuer
 *       says that it has ended: the issuer's clock may be wrong. By the own clock alone none ends.
 * </ul>
 *
 * <p>Safe to share between threads; the listener is called by one at a time, in order.
 */
public final class FeedFollower {
  private static final int MOST_PROBES = 64;

  /**
   * The longest that any configuration lets a token live, and the longest leeway that an authz
   * server can have.
   */
  private static final Duration LONGEST_LIFE = Duration.ofHours(24).plusMinutes(5);

  private final Duration maxStaleness;
  private final Moment.Source clock;
  private final Consumer<FeedView> listener;

  private String incarnation = "";
  private long position;

  /** The highest position that the current log is known to have. */
  private long told;

  private RevocationSet revocations = RevocationSet.empty();
  private Lease lease;
  private long lastNonce;
  private @Nullable Stream current;

  /** A stream that must not go on; the message is a line for an operator. */
  public static final class UntrustworthyException extends Exception {
    private static final long serialVersionUID = 1L;

    UntrustworthyException(String message) {
      super(message);
    }
  }

  /**
   * A follower that knows nothing: stale.
   *
   * @param maxStaleness above 0
   * @param listener takes each view; returns fast and does not call back
   */
  public FeedFollower(Duration maxStaleness, Moment.Source clock, Consumer<FeedView> listener) {
    if (!maxStaleness.isPositive()) {
      throw new IllegalArgumentException("max-staleness must be above 0");
    }
    this.maxStaleness = maxStaleness;
    this.clock = Objects.requireNonNull(clock);
    this.listener = Objects.requireNonNull(listener);
    this.lease = Lease.none(clock.now());
  }

  /**
   * Where it is.
   *
   * @param incarnation of the log that it knows, empty for none
   * @param position up to where it has applied revocations, in [0, ∞)
   */
  public record Place(String incarnation, long position) {
    public Place {
      Objects.requireNonNull(incarnation);
    }
  }

  /** Begins a stream. Whatever earlier ones still bring counts no more. */
  public synchronized Stream begin() {
    Stream next = new Stream(place());
    current = next;
    return next;
  }

  /** Where it is. */
  public synchronized Place place() {
    return new Place(incarnation, position);
  }

  /** How many positions of its log it lacks, as far as it was told; in [0, ∞). */
  public synchronized long lag() {
    return Math.max(0, told - position);
  }

  /** How long its lease still runs. */
  public synchronized Duration remaining() {
    return lease.remaining(clock.now());
  }

  /** A probe that has been sent: when, and what was known by then. */
  private record Sent(Moment at, Place known) {}

  /** What one stream brings. Of an ended one nothing counts. */
  public final class Stream {
    private final Place from;
    private final Map<Long, Sent> probes = new LinkedHashMap<>();
    private final Map<Long, Long> early = new LinkedHashMap<>();
    private String log = "";

    /** A snapshot of which parts are missing. */
    private RevocationSet.@Nullable Builder incoming;

    private Moment progress = clock.now();

    private Stream(Place from) {
      this.from = from;
    }

    /** Where the follower was when the stream began: what it says in its hello. */
    public Place from() {
      return from;
    }

    private boolean isOver() {
      return current != this;
    }

    /**
     * The issuer's first message.
     *
     * @param theirs the incarnation of its log
     * @param predecessors of which that one is the accepted continuation
     * @param leeway how much later than a revocation a token may say it was issued
     * @param resumed whether it tells changes after {@link #from}, or everything
     * @throws UntrustworthyException where it is another log than the known one
     */
    public void hello(String theirs, List<String> predecessors, Duration leeway, boolean resumed)
        throws UntrustworthyException {
      synchronized (FeedFollower.this) {
        if (isOver()) {
          return;
        }
        if (!log.isEmpty() || theirs.isEmpty() || leeway.isNegative()) {
          throw new UntrustworthyException("the issuer does not say properly which log it has");
        }
        boolean known = theirs.equals(incarnation);
        if (!known && !incarnation.isEmpty() && !predecessors.contains(incarnation)) {
          throw new UntrustworthyException(
              "the issuer has another log ("
                  + theirs
                  + ") than the one that is known ("
                  + incarnation
                  + "), and does not say that it continues it: its revocations may be fewer. Give"
                  + " this server the right issuer, or restart it if the log was replaced on"
                  + " purpose");
        }
        if (resumed && !known) {
          throw new UntrustworthyException("the issuer goes on where this server has not been");
        }
        log = theirs;
        progress = clock.now();
        if (!resumed) {
          incoming = new RevocationSet.Builder(leeway);
        } else if (!leeway.equals(revocations.leeway())) {
          revocations = revocations.withLeeway(leeway);
          publish();
        }
      }
    }

    /**
     * Changes, or a part of everything.
     *
     * @param after where the follower must be for these to be the next
     * @param upTo where it is with them
     * @param complete false where more parts follow
     * @throws UntrustworthyException where something is missing before them, or the log has gone
     *     back
     */
    public void changes(List<FeedChange> changes, long after, long upTo, boolean complete)
        throws UntrustworthyException {
      synchronized (FeedFollower.this) {
        if (isOver()) {
          return;
        }
        if (log.isEmpty()) {
          throw new UntrustworthyException("changes before a hello");
        }
        progress = clock.now();
        if (incoming != null) {
          part(incoming, changes, upTo, complete);
        } else if (after != position || upTo < after) {
          throw new UntrustworthyException(
              "changes from " + after + " to " + upTo + " came at " + position);
        } else {
          revocations = applied(revocations, changes, clock.now().wall());
          position = upTo;
          settle();
        }
      }
    }

    private void part(
        RevocationSet.Builder parts, List<FeedChange> changes, long upTo, boolean complete)
        throws UntrustworthyException {
      List<Revocation> more = new ArrayList<>(changes.size());
      for (FeedChange change : changes) {
        if (!(change instanceof FeedChange.Added added)) {
          throw new UntrustworthyException("a list of all revocations that takes some back");
        }
        more.add(added.revocation());
      }
      parts.add(more);
      told = log.equals(incarnation) ? Math.max(told, upTo) : upTo;
      if (!complete) {
        return;
      }
      if (log.equals(incarnation) && upTo < position) {
        throw goneBack(upTo, position);
      }
      if (!log.equals(incarnation)) {
        // A proof of the log before says nothing of this one.
        lease = Lease.none(clock.now());
      }
      revocations = parts.build();
      incarnation = log;
      position = upTo;
      incoming = null;
      settle();
    }

    /**
     * Begins a probe: the clocks are read now.
     *
     * @return its nonce, to be sent after this
     */
    public long probe() {
      synchronized (FeedFollower.this) {
        if (probes.size() >= MOST_PROBES) {
          Long oldest = probes.keySet().iterator().next();
          probes.remove(oldest);
          early.remove(oldest);
        }
        lastNonce++;
        probes.put(lastNonce, new Sent(clock.now(), place()));
        return lastNonce;
      }
    }

    /**
     * For how long a probe has waited in vain, by the monotonic clock: since it was sent, or since
     * the stream last brought changes, whichever is later.
     */
    public Duration unansweredFor() {
      synchronized (FeedFollower.this) {
        if (probes.isEmpty()) {
          return Duration.ZERO;
        }
        Duration sent = probes.values().iterator().next().at().monotonic();
        Duration since = sent.compareTo(progress.monotonic()) > 0 ? sent : progress.monotonic();
        return clock.now().monotonic().minus(since);
      }
    }

    /**
     * The issuer's answer to a probe. What does not belong to a probe of this stream is ignored.
     *
     * @param theirs the log that it is of
     * @param upTo the lease counts once the follower is there
     * @throws UntrustworthyException where it is of another log than the stream's, or of one that
     *     ends before what was known when the probe was sent
     */
    public void proof(long nonce, String theirs, long upTo) throws UntrustworthyException {
      synchronized (FeedFollower.this) {
        Sent sent = probes.get(nonce);
        if (isOver() || sent == null) {
          return;
        }
        if (log.isEmpty() || !theirs.equals(log)) {
          throw new UntrustworthyException("a proof of another log: " + theirs);
        }
        if (sent.known().incarnation().equals(log) && upTo < sent.known().position()) {
          throw goneBack(upTo, sent.known().position());
        }
        told = Math.max(told, upTo);
        if (incoming != null || upTo > position) {
          early.put(nonce, upTo);
          return;
        }
        prove(nonce);
        publish();
      }
    }

    /** Counts proofs that came before the changes that they cover, and tells. */
    private void settle() {
      for (Map.Entry<Long, Long> one : List.copyOf(early.entrySet())) {
        if (one.getValue() <= position) {
          early.remove(one.getKey());
          prove(one.getKey());
        }
      }
      publish();
    }

    private void prove(long nonce) {
      Sent sent = probes.get(nonce);
      if (sent == null) {
        return;
      }
      // Those before it were sent earlier: their proofs prove less.
      probes.keySet().removeIf(other -> other <= nonce);
      early.keySet().removeIf(other -> other <= nonce);
      lease = Lease.proved(sent.at(), maxStaleness);
    }
  }

  private static UntrustworthyException goneBack(long end, long known) {
    return new UntrustworthyException(
        "the issuer's log ends at "
            + end
            + ", before "
            + known
            + ", which is known of it: it has lost records. Run `gat log status` there");
  }

  private static RevocationSet applied(RevocationSet set, List<FeedChange> changes, Instant wall) {
    Instant mayBeSpent = wall.minus(LONGEST_LIFE).minus(set.leeway());
    RevocationSet now = set;
    List<Revocation> more = new ArrayList<>();
    for (FeedChange change : changes) {
      if (change instanceof FeedChange.Added added) {
        more.add(added.revocation());
        continue;
      }
      now = now.with(more);
      more.clear();
      now =
          switch (change) {
            case FeedChange.Added added -> throw new AssertionError("was taken above");
            case FeedChange.Lifted lifted -> now.without(List.of(lifted.revocation()));
            case FeedChange.Ended ended ->
                now.withoutSpent(ended.before().isBefore(mayBeSpent) ? ended.before() : mayBeSpent);
          };
    }
    return now.with(more);
  }

  private void publish() {
    listener.accept(new FeedView(lease, position, revocations));
  }
}
