package io.gat.keys.life;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.log.Appended;
import io.gat.log.LogEntry;
import io.gat.log.LogWriter;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes key events to the log and has them audited.
 *
 * <p>An event is appended on the condition that the ring has not changed since it was decided. An
 * append whose outcome is unknown is repeated with its id before anything else is written, and what
 * is written is audited before anything else is: so nothing is done twice, and nothing goes on that
 * the audit log does not take. What a process could not audit any more, the next one does. For its
 * one thread.
 */
final class KeyJournal {
  private static final System.Logger LOG = System.getLogger(KeyJournal.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SharedLog log;
  private final LiveRing ring;
  private final AuditTrail trail;
  private final KeyAudit audit;
  private final Supplier<String> ids;
  private final Deque<AuditEvent> unaudited = new ArrayDeque<>();
  private @Nullable Attempt unresolved;

  /** What became of a write. */
  enum Written {
    /** It is durable and audited, and the ring has it. */
    DONE,
    /** The ring has changed: decide again. */
    CONFLICT,
    /** The log has no space. */
    FULL,
    /** Nobody knows, or it is not audited yet: nothing is written until that is settled. */
    UNSETTLED
  }

  private record Attempt(LogEntry entry, KeyEvent event, KeyRing before, KeyCause cause) {}

  KeyJournal(SharedLog log, LiveRing ring, AuditTrail trail, KeyAudit audit, Supplier<String> ids) {
    this.log = Objects.requireNonNull(log);
    this.ring = Objects.requireNonNull(ring);
    this.trail = Objects.requireNonNull(trail);
    this.audit = Objects.requireNonNull(audit);
    this.ids = Objects.requireNonNull(ids);
  }

  /** Looks for what an earlier process has not audited any more; before anything is written. */
  void recover() {
    unaudited.addAll(new UnauditedKeys(log, log.writer(), audit).find());
    if (!unaudited.isEmpty()) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} events of keys are audited now: an earlier process ended before it could",
          unaudited.size());
    }
  }

  /** Settles what is unsettled; true where nothing is any more. */
  boolean settle() {
    Attempt attempt = unresolved;
    if (attempt != null && append(attempt) == Written.UNSETTLED) {
      return false;
    }
    return audited();
  }

  /**
   * Writes an event.
   *
   * @param decidedBy the ring that it was decided by
   * @param cause whose wish it is
   */
  Written write(KeyEvent event, KeyRing decidedBy, KeyCause cause) {
    if (!settle()) {
      return Written.UNSETTLED;
    }
    LogEntry entry =
        new LogEntry(
            Topic.KEY,
            ids.get(),
            KeyEventJson.write(event, new KeyEventJson.Written(log.writer(), cause)),
            event.effect());
    Written written = append(new Attempt(entry, event, decidedBy, cause));
    return written == Written.DONE && !audited() ? Written.UNSETTLED : written;
  }

  private Written append(Attempt attempt) {
    Appended appended =
        answer(log.append(List.of(attempt.entry()), OptionalLong.of(attempt.before().position())));
    Written written =
        switch (appended) {
          case Appended.At at -> {
            unaudited.addAll(
                audit.of(attempt.event(), attempt.before(), attempt.cause(), at.position()));
            yield Written.DONE;
          }
          case Appended.Conflict conflict -> Written.CONFLICT;
          case Appended.Full full -> Written.FULL;
          case Appended.Unknown unknown -> {
            LOG.log(
                System.Logger.Level.WARNING,
                "the log does not say whether it took a change of the keys: {0}",
                unknown.why());
            yield Written.UNSETTLED;
          }
        };
    unresolved = written == Written.UNSETTLED ? attempt : null;
    if (written != Written.UNSETTLED) {
      ring.catchUp(log);
    }
    return written;
  }

  private boolean audited() {
    while (!unaudited.isEmpty()) {
      if (!(answer(trail.record(unaudited.element())) instanceof Appended.At)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the audit log does not take what happened to the keys; they stay as they are");
        return false;
      }
      unaudited.remove();
    }
    return true;
  }

  /** Writes a summary and drops what is before it. */
  Written summarize(KeyEvent.Summary summary, KeyRing decidedBy) {
    Written written = write(summary, decidedBy, KeyCause.SCHEDULE);
    if (written == Written.DONE && ring.current().records() == 0) {
      log.compact(Topic.KEY, ring.current().position());
    }
    return written;
  }

  /** What a {@link LogWriter} or {@link AuditTrail} answers within a while. */
  static Appended answer(CompletableFuture<Appended> future) {
    try {
      return future.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Appended.Unknown("interrupted");
    } catch (ExecutionException e) {
      return new Appended.Unknown(String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      return new Appended.Unknown("no answer within " + PATIENCE.toSeconds() + " s");
    }
  }
}
