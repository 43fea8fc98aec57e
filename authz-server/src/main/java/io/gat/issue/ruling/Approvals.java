package io.gat.issue.ruling;

import io.gat.issue.ruling.Approval.State;
import io.gat.issue.ruling.ApprovalRecords.Change;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.log.Patience;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What second persons are asked to allow, and what they have said, as the shared log has it: after
 * a restart, and at every other issuer of the same log.
 *
 * <p>Nothing counts before it is in the log. There each question has one answer, the first: the log
 * takes one record of an id. So two operators who answer at the same moment don't answer twice, and
 * neither does one who repeats a call whose answer was lost.
 *
 * <p>What waits is bounded, for each principal and in all. Whoever wants something that was asked
 * already is told the same id.
 */
public final class Approvals implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Approvals.class.getName());
  private static final Set<Topic> TOPIC = Set.of(Topic.APPROVAL);
  private static final int PAGE = 1_000;
  private static final int ID_BYTES = 9;

  /** How many questions of one principal wait at a time. */
  static final int MAX_OF_ONE = 20;

  /** How many wait at all. */
  static final int MAX = 1_000;

  private final SharedLog log;
  private final SecureRandom random = new SecureRandom();
  private final SharedLog.Following following;

  /** By id, in the order in which they were asked. Guarded by this. */
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** What is being asked at this moment; counts as waiting. Guarded by this. */
  private final Map<ApprovalWish, CompletableFuture<Asked>> asking = new HashMap<>();

  /** Up to where the log has been followed: nothing before it is unknown here. Guarded by this. */
  private long followed;

  private record Entry(long position, Approval approval) {}

  /**
   * The approvals that the log has now, and from now on.
   *
   * @throws LogException where the log cannot be read, or holds what this version does not know
   */
  public Approvals(SharedLog log) {
    this.log = Objects.requireNonNull(log);
    long after = 0;
    List<LogRecord> page;
    do {
      page = log.read(after, PAGE, TOPIC);
      if (!page.isEmpty()) {
        after = page.getLast().position();
        take(page);
      }
    } while (page.size() == PAGE);
    this.following = log.follow(after, TOPIC, this::take);
  }

  private synchronized void take(List<LogRecord> records) {
    for (LogRecord record : records) {
      take(record.position(), ApprovalRecords.read(record));
      followed = record.position();
    }
  }

  /** The same twice is as good as once: what this process has written comes back from the log. */
  private synchronized void take(long position, Change change) {
    switch (change) {
      case Change.Asked asked ->
          entries.putIfAbsent(
              asked.id(),
              new Entry(
                  position,
                  new Approval(asked.id(), asked.wish(), asked.at(), new State.Pending())));
      case Change.Decided decided ->
          entries.computeIfPresent(
              decided.id(),
              (id, entry) ->
                  entry.approval().state() instanceof State.Pending
                      ? new Entry(entry.position(), entry.approval().with(decided.state()))
                      : entry);
    }
  }

  /** What a principal is told. */
  public sealed interface Asked {
    /**
     * It waits for somebody.
     *
     * @param novelty whether this call has asked
     */
    record Waits(Approval approval, Appended.Novelty novelty) implements Asked {}

    /** Somebody has said no, not long ago. */
    record Refused(Approval approval) implements Asked {}

    /** Too much waits already. */
    record TooMany() implements Asked {}

    /** Nobody knows. */
    record Unknown(String why) implements Asked {}
  }

  /** Asks for something, unless it was asked already. */
  public Asked ask(ApprovalWish wish, Instant now) {
    CompletableFuture<Asked> answer = new CompletableFuture<>();
    CompletableFuture<Asked> other;
    synchronized (this) {
      Optional<Asked> known = known(wish, now);
      if (known.isPresent()) {
        return known.get();
      }
      other = asking.putIfAbsent(wish, answer);
    }
    if (other != null) {
      return Patience.await(other).orElseGet(() -> new Asked.Unknown(Patience.SILENT));
    }
    Asked asked = new Asked.Unknown("the log failed");
    try {
      asked = write(wish, now);
    } finally {
      synchronized (this) {
        asking.remove(wish);
      }
      answer.complete(asked);
    }
    return asked;
  }

  /** The answer where nothing need be asked, or nothing more can be. */
  private Optional<Asked> known(ApprovalWish wish, Instant now) {
    List<Approval> own =
        alive(now).filter(a -> a.wish().principal().equals(wish.principal())).toList();
    for (Approval known : own) {
      boolean same = known.wish().covers(wish) && wish.covers(known.wish());
      if (same && known.state() instanceof State.Pending) {
        return Optional.of(new Asked.Waits(known, Appended.Novelty.REPEATED));
      }
      if (same && known.state() instanceof State.Refused) {
        return Optional.of(new Asked.Refused(known));
      }
    }
    long asks =
        asking.keySet().stream().filter(w -> w.principal().equals(wish.principal())).count();
    boolean full =
        !asking.containsKey(wish)
            && (pending(own.stream()) + asks >= MAX_OF_ONE
                || pending(alive(now)) + asking.size() >= MAX);
    return full ? Optional.of(new Asked.TooMany()) : Optional.empty();
  }

  private Asked write(ApprovalWish wish, Instant now) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Change.Asked asked = new Change.Asked(id, wish, now);
    return switch (append("asked:" + id, asked)) {
      case Appended.At at -> {
        take(at.position(), asked);
        yield new Asked.Waits(
            new Approval(id, wish, now, new State.Pending()), Appended.Novelty.NEW);
      }
      case Appended.Full full -> new Asked.Unknown("the log has no space for what grants");
      case Appended.Conflict conflict ->
          throw new IllegalStateException("an append without condition: " + conflict);
      case Appended.Unknown unknown -> new Asked.Unknown(unknown.why());
    };
  }

  private static long pending(Stream<Approval> some) {
    return some.filter(a -> a.state() instanceof State.Pending).count();
  }

  private Stream<Approval> alive(Instant now) {
    return entries.values().stream().map(Entry::approval).filter(a -> a.isAliveAt(now));
  }

  /** What somebody has said yes to for a principal, while it is good. */
  public synchronized List<Approval> granted(String principal, Instant now) {
    if (entries.isEmpty()) {
      return List.of();
    }
    return alive(now)
        .filter(a -> a.granted().isPresent() && a.wish().principal().equals(principal))
        .toList();
  }

  /** All that waits or is good, in the order in which it was asked. */
  public synchronized List<Approval> all(Instant now) {
    return alive(now).toList();
  }

  /** One of them. */
  public synchronized Optional<Approval> find(String id, Instant now) {
    return Optional.ofNullable(entries.get(id)).map(Entry::approval).filter(a -> a.isAliveAt(now));
  }

  /** What became of an answer. */
  public sealed interface Answered {
    /** It is in the log: the approval as it is now, whoever has answered first. */
    record Done(Approval approval, Appended.Novelty novelty) implements Answered {}

    /** Nothing waits under this id. */
    record NoSuch() implements Answered {}

    /** Nobody knows; to repeat it is safe. */
    record Unknown(String why) implements Answered {}
  }

  /**
   * Why an operator may not answer yes; empty where they may.
   *
   * @param by the operator's subject
   */
  public static Optional<String> objection(Approval approval, String by) {
    ApprovalWish wish = approval.wish();
    if (wish.people().contains(by)) {
      return Optional.of("own_request");
    }
    return wish.by().isEmpty() || wish.by().contains(by)
        ? Optional.empty()
        : Optional.of("not_an_approver");
  }

  /**
   * Says yes.
   *
   * @param span for how long; no longer than the rule allows
   * @throws IllegalArgumentException where this operator may not
   */
  public Answered grant(String id, String by, Duration span, String reason, Instant now) {
    Optional<Approval> asked = find(id, now);
    if (asked.isEmpty()) {
      return new Answered.NoSuch();
    }
    objection(asked.get(), by)
        .ifPresent(
            why -> {
              throw new IllegalArgumentException(why);
            });
    Duration longest = asked.get().wish().longest();
    Duration box = span.compareTo(longest) < 0 ? span : longest;
    return answer(asked.get(), new State.Granted(by, reason, now, now.plus(box)));
  }

  /** Says no. */
  public Answered refuse(String id, String by, String reason, Instant now) {
    return find(id, now)
        .map(asked -> answer(asked, new State.Refused(by, reason, now)))
        .orElseGet(Answered.NoSuch::new);
  }

  private Answered answer(Approval asked, State state) {
    Change.Decided decided = new Change.Decided(asked.id(), state);
    String record = "decided:" + asked.id();
    return switch (append(record, decided)) {
      case Appended.At at -> {
        Change first =
            at.novelty() == Appended.Novelty.NEW
                ? decided
                : log.find(Topic.APPROVAL, record).map(ApprovalRecords::read).orElse(decided);
        take(at.position(), first);
        yield first instanceof Change.Decided of
            ? new Answered.Done(asked.with(of.state()), at.novelty())
            : new Answered.Unknown("the log has something else under this id");
      }
      case Appended.Full full -> new Answered.Unknown("the log has no space for what grants");
      case Appended.Conflict conflict ->
          throw new IllegalStateException("an append without condition: " + conflict);
      case Appended.Unknown unknown -> new Answered.Unknown(unknown.why());
    };
  }

  private Appended append(String id, Change change) {
    return Patience.await(
            log.append(
                new LogEntry(Topic.APPROVAL, id, ApprovalRecords.write(change), Effect.GRANTS)))
        .orElseGet(() -> new Appended.Unknown(Patience.SILENT));
  }

  /** Forgets what is of no use any more, here and in the log. To be called now and then. */
  public void sweep(Instant now) {
    long before;
    synchronized (this) {
      if (!entries.values().removeIf(entry -> !entry.approval().isAliveAt(now))) {
        return;
      }
      before =
          Math.min(
              followed,
              entries.values().stream().mapToLong(Entry::position).min().orElse(followed));
    }
    try {
      log.compact(Topic.APPROVAL, before);
    } catch (LogException e) {
      LOG.log(Level.WARNING, "approvals that have ended stay in the log: {0}", e.getMessage());
    }
  }

  @Override
  public void close() {
    following.close();
  }
}
