package io.gat.issue;

import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogHealth;
import io.gat.log.LogRecord;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The revocations of an issuer, as its log has them.
 *
 * <p>Nothing is in force because this process has said so: a change is appended to the log, comes
 * back from it in the log's order, is shown to every listener, and only then is whoever asked for
 * it told. So a restart, and every other issuer on the same log, arrives at the same state.
 */
public final class Revocations implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Revocations.class.getName());

  /** How long a view may be read: an answer from memory is given at once. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** The longest that any configuration lets a token live. */
  private static final Duration LONGEST_LIFETIME = Duration.ofHours(24);

  private static final Duration MARGIN = Duration.ofMinutes(5);
  private static final int PAGE = 10_000;
  private static final int ID_BYTES = 16;

  /** So many records that are not in force any more may stay in the log. */
  private static final int KEPT_RECORDS = 1_000;

  private static final int WRITTEN_AGAIN = 500;

  /** At 100 revocations a second, those of eight minutes; some 15 MB. */
  private static final int RECENT = 50_000;

  private static final Set<Topic> TOPIC = Set.of(Topic.REVOCATION);

  /** So many at the log's end say until when tokens were issued before the start. */
  private static final int LAST_RECORDS = 1_000;

  private final SharedLog log;
  private final Duration leeway;
  private final SecureRandom random = new SecureRandom();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final SharedLog.Following following;
  private final RecentChanges recent = new RecentChanges(RECENT);
  private final RevocationEntries entries = new RevocationEntries(recent);
  private final AtomicReference<Instant> lastIssued;
  private volatile State state;
  private boolean closed;

  /** Up to which position every listener has seen it. */
  private long shown;

  /** Somebody who is told once everything up to a position is in force. */
  private record Waiting(long position, CompletableFuture<Void> told) {}

  /** All revocations up to a position of the log. */
  record State(long epoch, RevocationSet revocations) {
    State {
      Objects.requireNonNull(revocations);
    }
  }

  /**
   * The revocations that the log has now, and from now on.
   *
   * @param leeway how much later than an entry a token may say it was issued and still be hit
   * @throws LogException where the log cannot be read, or holds what this version does not know
   */
  public Revocations(SharedLog log, Duration leeway) {
    this.log = Objects.requireNonNull(log);
    this.leeway = Objects.requireNonNull(leeway);
    this.state = new State(0, RevocationSet.empty(leeway));
    this.lastIssued = new AtomicReference<>(latest(log));
    long after = 0;
    List<LogRecord> page;
    do {
      page = log.read(after, PAGE, TOPIC);
      if (!page.isEmpty()) {
        after = page.getLast().position();
        state = entries.take(state, page);
      }
    } while (page.size() == PAGE);
    if (after == 0) {
      // Nothing was ever revoked: whoever begins here can be told the first change.
      recent.add(0, Optional.empty());
    }
    this.shown = after;
    this.following = log.follow(after, TOPIC, this::take);
  }

  /**
   * What a log that was accepted after a restore begins with: it says which log it continues, and
   * takes back every token that was issued until now, since revocations may be lost, and all that
   * its keys have signed or will seem to have signed, since one of them may have leaked.
   *
   * @param from the incarnation before
   * @param issuer whose keys they are
   * @param kids of the keys that the log still had
   */
  public static List<LogEntry> continuation(
      String from, Instant now, String issuer, List<String> kids) {
    String id = "accepted-" + now.toEpochMilli();
    RevocationChange everything =
        new RevocationChange.Added(
            id,
            new Revocation(
                new Revocation.Selector.Everything(), null, now, Revocation.Reach.ISSUED_BEFORE),
            "the log was restored from a backup",
            "gat log accept");
    Stream<RevocationChange> keys =
        kids.stream()
            .map(
                kid ->
                    new RevocationChange.Added(
                        id + "-" + kid,
                        new Revocation(
                            new Revocation.Selector.ByKid(kid), issuer, now, Revocation.Reach.ALL),
                        "the log was restored from a backup",
                        "gat log accept"));
    return Stream.concat(Stream.of(everything, new RevocationChange.Accepted(from)), keys)
        .map(RevocationRecords::write)
        .map(payload -> new LogEntry(Topic.REVOCATION, "", payload, Effect.TAKES_AWAY))
        .toList();
  }

  /** No token leaves before the log has a record of it, so none was issued later than this. */
  private static Instant latest(SharedLog log) {
    return log
        .read(Math.max(0, log.end() - LAST_RECORDS), LAST_RECORDS, EnumSet.allOf(Topic.class))
        .stream()
        .map(LogRecord::at)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  /** Notes the {@code iat} of a token, before anybody has it. */
  void issued(Instant at) {
    lastIssued.accumulateAndGet(at, Revocations::later);
  }

  /**
   * When a revocation of everything that was issued until now is made: later than now where a token
   * says that it was issued later, since the wall clock was set back meanwhile.
   */
  public Instant untilNow(Instant now) {
    return later(now, lastIssued.get());
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** A fresh id for a revocation. */
  public String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What became of a change. */
  public sealed interface Outcome {
    /**
     * It is durable and in force: every listener has seen it.
     *
     * @param epoch the position from which on
     */
    record Done(long epoch) implements Outcome {}

    /**
     * It was in force before, made by the same one for the same reason: nothing was written.
     *
     * @param id of the revocation that is in force
     * @param epoch up to where every listener has seen all
     */
    record Covered(String id, long epoch) implements Outcome {
      public Covered {
        Objects.requireNonNull(id);
      }
    }

    /** Nobody revoked under this id, or it was lifted or has ended: nothing to lift. */
    record NoSuch() implements Outcome {}

    /**
     * Nobody knows; to repeat it is safe.
     *
     * @param why a line for the operator
     */
    record Unknown(String why) implements Outcome {
      public Unknown {
        Objects.requireNonNull(why);
      }
    }
  }

  /**
   * Revokes. Where an entry in force hits all that this one would, and the same one has made it for
   * the same reason, nothing is written, so that nobody can grow the log by saying the same thing
   * again.
   *
   * @return completes when it is in force: every listener has seen it
   */
  public CompletableFuture<Outcome> revoke(RevocationChange.Added change) {
    Optional<RevocationChange.Added> cover;
    long epoch;
    synchronized (this) {
      cover = entries.cover(change);
      epoch = state.epoch();
    }
    return cover
        .map(
            entry ->
                applied(epoch)
                    .thenApply(v -> (Outcome) new Outcome.Covered(entry.id(), epoch))
                    .exceptionally(Revocations::unknown))
        .orElseGet(() -> append(change.id(), change));
  }

  private static Outcome unknown(Throwable failure) {
    return new Outcome.Unknown(String.valueOf(failure.getMessage()));
  }

  /** The revocation with this id, while it is in force. */
  public synchronized Optional<RevocationChange.Added> find(String id) {
    return entries.find(id);
  }

  /**
   * Lifts one revocation.
   *
   * @return completes when it is in force no longer, or with {@link Outcome.NoSuch}
   */
  public CompletableFuture<Outcome> lift(String id, String reason, String by) {
    Optional<RevocationChange.Added> entry;
    synchronized (this) {
      entry = entries.find(id);
    }
    return entry
        .map(e -> append("lift:" + id, new RevocationChange.Lifted(id, e.revocation(), reason, by)))
        .orElseGet(() -> CompletableFuture.completedFuture(new Outcome.NoSuch()));
  }

  private CompletableFuture<Outcome> append(String id, RevocationChange change) {
    Effect effect =
        switch (change) {
          case RevocationChange.Added added -> Effect.TAKES_AWAY;
          case RevocationChange.Lifted lifted -> Effect.GRANTS;
          case RevocationChange.Ended ended -> Effect.GRANTS;
          case RevocationChange.Accepted accepted -> Effect.TAKES_AWAY;
        };
    return log.append(new LogEntry(Topic.REVOCATION, id, RevocationRecords.write(change), effect))
        .thenCompose(
            appended ->
                switch (appended) {
                  case Appended.At at ->
                      applied(at.position())
                          .thenApply(v -> (Outcome) new Outcome.Done(at.position()));
                  case Appended.Full full ->
                      CompletableFuture.completedFuture(
                          new Outcome.Unknown("the log has no space left"));
                  case Appended.Conflict conflict ->
                      throw new IllegalStateException("an append without condition: " + conflict);
                  case Appended.Unknown unknown ->
                      CompletableFuture.completedFuture(new Outcome.Unknown(unknown.why()));
                })
        .exceptionally(Revocations::unknown);
  }

  /** Completes once every revocation up to a position of the log is in force here. */
  public CompletableFuture<Void> applied(long position) {
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new LogException("the issuer is stopping"));
      }
      if (shown >= position) {
        return CompletableFuture.completedFuture(null);
      }
      Waiting one = new Waiting(position, new CompletableFuture<>());
      waiting.add(one);
      return one.told();
    }
  }

  /**
   * Writes to the log that this process is still the one that writes: only an acknowledged write
   * vouches (DESIGN.md, section 9).
   *
   * @return completes with a position up to which everything is in force here, and before which all
   *     stands that the log had acknowledged when it was called; exceptionally where the log does
   *     not acknowledge
   */
  public CompletableFuture<Long> vouch() {
    return log.tick()
        .thenCompose(
            tick -> {
              if (!(tick instanceof Appended.At)) {
                return CompletableFuture.failedFuture(
                    new LogException("the log does not acknowledge: " + tick));
              }
              long end = log.end(Topic.REVOCATION);
              return applied(end).thenApply(all -> end);
            });
  }

  /** The listeners first: whoever waits is told only when every one of them has seen it. */
  private void take(List<LogRecord> records) {
    List<Waiting> due = new ArrayList<>();
    synchronized (this) {
      // A listener that failed last time is why the log brings the same records again.
      if (records.getLast().position() > state.epoch()) {
        state = entries.take(state, records);
      }
      listeners.forEach(Runnable::run);
      shown = state.epoch();
      waiting.removeIf(
          one -> {
            boolean now = one.position() <= shown;
            if (now) {
              due.add(one);
            }
            return now;
          });
    }
    due.forEach(one -> one.told().complete(null));
  }

  /**
   * Ends entries of which every token that they could hit has expired, and lets the log drop what
   * they took. To be called now and then.
   *
   * @param now by a clock that is never ahead of the time that has passed
   * @return how many have ended; completes when the log has it
   */
  public CompletableFuture<Integer> endSpent(Instant now) {
    Instant before = now.minus(LONGEST_LIFETIME).minus(leeway.multipliedBy(2)).minus(MARGIN);
    int spent;
    synchronized (this) {
      spent = entries.spent(before).size();
    }
    if (spent == 0) {
      return CompletableFuture.completedFuture(0);
    }
    return append("", new RevocationChange.Ended(before))
        .thenApply(
            outcome -> {
              if (!(outcome instanceof Outcome.Done)) {
                return 0;
              }
              compact();
              return spent;
            });
  }

  /**
   * Lets the log drop records that a few old entries keep in it, such as one that blocks a client
   * for good: those are written again first, at the log's end. To be called now and then.
   *
   * @return completes with true where there is more to do; nothing is done where somebody has
   *     revoked or lifted something in the same moment
   */
  public CompletableFuture<Boolean> tidy() {
    List<LogEntry> again;
    long epoch;
    synchronized (this) {
      again =
          entries.keepers(KEPT_RECORDS, WRITTEN_AGAIN).stream()
              .map(RevocationRecords::write)
              .map(payload -> new LogEntry(Topic.REVOCATION, "", payload, Effect.GRANTS))
              .toList();
      epoch = state.epoch();
    }
    if (again.isEmpty()) {
      return CompletableFuture.completedFuture(false);
    }
    // Only if nothing came after what is known here: an entry that was just lifted must not return.
    return log.append(again, OptionalLong.of(epoch))
        .thenCompose(
            appended ->
                appended instanceof Appended.At at
                    ? applied(at.position()).thenApply(all -> true)
                    : CompletableFuture.completedFuture(false))
        .thenApplyAsync(
            written -> {
              if (written) {
                compact();
              }
              return written;
            });
  }

  /** Everything before the oldest entry in force has been taken back by now. */
  private void compact() {
    long before;
    synchronized (this) {
      before = Math.min(entries.firstNeeded(), state.epoch());
    }
    try {
      log.compact(Topic.REVOCATION, before);
    } catch (LogException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "revocations that have ended stay in the log for now: {0}",
          e.getMessage());
    }
  }

  /**
   * All that was revoked up to now, for whoever asks in this process; stale where the log has more
   * than is in force here, or takes nothing.
   */
  public FeedView view(Moment now) {
    long end = log.end(Topic.REVOCATION);
    boolean fails = log.health() instanceof LogHealth.Failed;
    synchronized (this) {
      Lease lease = fails || shown < end ? Lease.none(now) : Lease.proved(now, FRESH);
      return new FeedView(lease, state.epoch(), state.revocations());
    }
  }

  /** True where a revocation in force hits this token: an issuer does not give it to anybody. */
  public boolean hits(Revocable token) {
    return state().revocations().revokes(token);
  }

  /** The revocations in force, in the order in which they were made. */
  public synchronized List<RevocationChange.Added> inForce() {
    return entries.all();
  }

  /** How many are in force. */
  public int size() {
    return state.revocations().size();
  }

  State state() {
    return state;
  }

  /** How much later than an entry a token may say it was issued and still be hit. */
  public Duration leeway() {
    return leeway;
  }

  /** The position of the last change that is in force, 0 for none. */
  public long epoch() {
    return state.epoch();
  }

  /** Incarnations of which the log is the accepted continuation. */
  public List<String> predecessors() {
    return entries.predecessors();
  }

  /**
   * All revocations in force.
   *
   * @param position of the last change that made them so
   */
  public record Standing(List<Revocation> revocations, long position) {
    public Standing {
      revocations = List.copyOf(revocations);
    }
  }

  /** All revocations in force, for a reader that knows none. */
  public synchronized Standing standing() {
    return new Standing(
        entries.all().stream().map(RevocationChange.Added::revocation).toList(), state.epoch());
  }

  /**
   * Changes in the log's order.
   *
   * @param position where a reader is that has applied them
   */
  public record Changes(List<RevocationChange> changes, long position) {
    public Changes {
      changes = List.copyOf(changes);
    }
  }

  /**
   * What a reader lacks that has applied everything up to a position. The newest changes are kept
   * in memory, for all readers together.
   *
   * @param position where the reader is, as it was told before
   * @param max at most so many changes, in [1, ∞)
   * @return empty where it cannot be told, and the reader has to read {@link #standing}: it was
   *     away for too long, the log was compacted meanwhile, or the log does not have that position
   */
  public Optional<Changes> changesAfter(long position, int max) {
    return recent.after(position, max);
  }

  /** Calls a listener after each change, before whoever made it is told. It returns fast. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Calls it no more. */
  public void remove(Runnable listener) {
    listeners.remove(listener);
  }

  /** Stops to follow the log. Who still waits is told that nobody knows. */
  @Override
  public void close() {
    following.close();
    List<Waiting> rest;
    synchronized (this) {
      closed = true;
      rest = List.copyOf(waiting);
      waiting.clear();
    }
    rest.forEach(
        one -> one.told().completeExceptionally(new LogException("the issuer is stopping")));
  }
}
