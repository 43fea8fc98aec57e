package io.gat.feed;

import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
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
 *   <li>A proof counts once everything up to its position is applied, and not before.
 *   <li>Changes apply in one order without a gap; whoever sends others has lost something, and its
 *       stream is ended.
 *   <li>Another log counts only where it says that it continues the one that is known.
 * </ul>
 *
 * <p>Safe to share between threads; the listener is called by one at a time, in order.
 */
public final class FeedFollower {
  private static final int MOST_PROBES = 64;

  private final Duration maxStaleness;
  private final Moment.Source clock;
  private final Consumer<FeedView> listener;
  private final Map<Long, Moment> probes = new LinkedHashMap<>();
  private final Map<Long, Long> early = new LinkedHashMap<>();

  private String incarnation = "";
  private long position;
  private RevocationSet revocations = RevocationSet.empty();
  private Lease lease;
  private long lastNonce;
  private @Nullable Incoming incoming;

  /** A snapshot of which parts are missing. */
  private static final class Incoming {
    private final String incarnation;
    private final Duration leeway;
    private final List<Revocation> entries = new ArrayList<>();

    Incoming(String incarnation, Duration leeway) {
      this.incarnation = incarnation;
      this.leeway = leeway;
    }
  }

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
   */
  public record Place(String incarnation, long position) {
    public Place {
      Objects.requireNonNull(incarnation);
    }
  }

  /** Where it is: what a new stream begins with. Proofs of earlier streams count no more. */
  public synchronized Place begin() {
    probes.clear();
    early.clear();
    incoming = null;
    return new Place(incarnation, position);
  }

  /** Where it is. */
  public synchronized Place place() {
    return new Place(incarnation, position);
  }

  /** How long its lease still runs. */
  public synchronized Duration remaining() {
    return lease.remaining(clock.now());
  }

  /**
   * The issuer's first message.
   *
   * @param log the incarnation of its log
   * @param predecessors of which that one is the accepted continuation
   * @param resumed whether it tells changes from the place of {@link #begin}, or everything
   * @throws UntrustworthyException where it is another log than the known one
   */
  public synchronized void hello(
      String log, List<String> predecessors, Duration leeway, boolean resumed)
      throws UntrustworthyException {
    if (log.isEmpty()) {
      throw new UntrustworthyException("the issuer does not say which log it has");
    }
    boolean known = log.equals(incarnation);
    if (!known && !incarnation.isEmpty() && !predecessors.contains(incarnation)) {
      throw new UntrustworthyException(
          "the issuer has another log ("
              + log
              + ") than the one that is known ("
              + incarnation
              + "), and does not say that it continues it: its revocations may be fewer. Give this"
              + " server the right issuer, or restart it if the log was replaced on purpose");
    }
    if (resumed && !known) {
      throw new UntrustworthyException("the issuer goes on where this server has not been");
    }
    incoming = resumed ? null : new Incoming(log, leeway);
  }

  /**
   * Changes, or a part of everything.
   *
   * @param after where the server must be for these to be the next
   * @param upTo where it is with them
   * @param complete false where more parts follow
   * @throws UntrustworthyException where something is missing before them, or the log has gone back
   */
  public synchronized void changes(
      List<FeedChange> changes, long after, long upTo, boolean complete)
      throws UntrustworthyException {
    Incoming parts = incoming;
    if (parts != null) {
      for (FeedChange change : changes) {
        if (!(change instanceof FeedChange.Added added)) {
          throw new UntrustworthyException("a list of all revocations that takes some back");
        }
        parts.entries.add(added.revocation());
      }
      if (!complete) {
        return;
      }
      if (parts.incarnation.equals(incarnation) && upTo < position) {
        throw new UntrustworthyException(
            "the issuer's log ends at "
                + upTo
                + ", before "
                + position
                + ", which is known of it: it has lost records. Run `gat log status` there");
      }
      revocations = RevocationSet.of(parts.entries, parts.leeway);
      if (!parts.incarnation.equals(incarnation)) {
        // A proof of the log before says nothing of this one.
        lease = Lease.none(clock.now());
      }
      incarnation = parts.incarnation;
      position = upTo;
      incoming = null;
      settle();
      return;
    }
    if (incarnation.isEmpty()) {
      throw new UntrustworthyException("changes to what was never told");
    }
    if (after != position || upTo < after) {
      throw new UntrustworthyException(
          "changes from " + after + " to " + upTo + " came at " + position);
    }
    revocations = applied(revocations, changes);
    position = upTo;
    settle();
  }

  private static RevocationSet applied(RevocationSet set, List<FeedChange> changes) {
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
            case FeedChange.Ended ended -> now.withoutSpent(ended.before());
          };
    }
    return now.with(more);
  }

  /**
   * Begins a probe: the clocks are read now.
   *
   * @return its nonce, to be sent after this
   */
  public synchronized long probe() {
    if (probes.size() >= MOST_PROBES) {
      Long oldest = probes.keySet().iterator().next();
      probes.remove(oldest);
      early.remove(oldest);
    }
    lastNonce++;
    probes.put(lastNonce, clock.now());
    return lastNonce;
  }

  /** How many probes of this stream wait for their proof. */
  public synchronized int unanswered() {
    return probes.size() - early.size();
  }

  /**
   * The issuer's answer to a probe. What does not belong to a probe of this stream, or is of
   * another log, is ignored.
   *
   * @param upTo the lease counts once the server is there
   */
  public synchronized void proof(long nonce, String log, long upTo) {
    if (!probes.containsKey(nonce) || !log.equals(incarnation(log))) {
      return;
    }
    if (incoming != null || upTo > position) {
      early.put(nonce, upTo);
      return;
    }
    prove(nonce);
    publish();
  }

  /** The log that proofs may be of: what is known, or what is coming. */
  private String incarnation(String asked) {
    Incoming parts = incoming;
    return parts != null && parts.incarnation.equals(asked) ? asked : incarnation;
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
    Moment sent = probes.remove(nonce);
    if (sent == null) {
      return;
    }
    // Those before it were sent earlier: their proofs prove less.
    probes.keySet().removeIf(other -> other < nonce);
    early.keySet().removeIf(other -> other < nonce);
    lease = Lease.proved(sent, maxStaleness);
  }

  private void publish() {
    listener.accept(new FeedView(lease, position, revocations));
  }
}
