package io.gat.keys.life;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditRecord;
import io.gat.audit.AuditRecordJson;
import io.gat.audit.UnreadableRecordException;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Finds what is in force and was never audited, because a process ended between the two.
 *
 * <p>An issuer audits each of its records before it writes the next: so only its last one can be
 * missing, and those that a command has written since, which audits nothing itself. What is audited
 * stands right behind its record, so few records are read.
 */
final class UnauditedKeys {
  private static final int BATCH = 1_000;

  private final LogReader log;
  private final String writer;
  private final KeyAudit audit;

  /** A record whose audit may be missing. */
  private record Doubtful(long position, List<AuditEvent> events) {}

  UnauditedKeys(LogReader log, String writer, KeyAudit audit) {
    this.log = Objects.requireNonNull(log);
    this.writer = Objects.requireNonNull(writer);
    this.audit = Objects.requireNonNull(audit);
  }

  /** What the audit log has to be told, in order. */
  List<AuditEvent> find() {
    Deque<AuditEvent> missing = new ArrayDeque<>();
    for (Doubtful record : doubtful().reversed()) {
      List<AuditEvent> ofThis = missing(record);
      ofThis.reversed().forEach(missing::addFirst);
      if (ofThis.size() < record.events().size()) {
        break;
      }
    }
    return List.copyOf(missing);
  }

  private List<Doubtful> doubtful() {
    List<Doubtful> last = new ArrayList<>();
    KeyRing ring = KeyRing.empty();
    List<LogRecord> records;
    do {
      records = log.read(ring.position(), BATCH, Set.of(Topic.KEY));
      for (LogRecord record : records) {
        KeyRing before = ring;
        ring = ring.with(record);
        KeyEventJson.written(record)
            .filter(w -> w.writer().equals(writer) || w.writer().isEmpty())
            .ifPresent(
                written -> {
                  if (!written.writer().isEmpty()) {
                    last.clear();
                  }
                  List<AuditEvent> events =
                      audit.of(
                          KeyEventJson.read(record), before, written.cause(), record.position());
                  if (!events.isEmpty()) {
                    last.add(new Doubtful(record.position(), events));
                  }
                });
      }
    } while (records.size() == BATCH);
    return last;
  }

  private List<AuditEvent> missing(Doubtful record) {
    List<AuditEvent> missing = new ArrayList<>(record.events());
    String mark = "\"" + record.position() + "\"";
    long after = record.position();
    List<LogRecord> page;
    do {
      page = log.read(after, BATCH, Set.of(Topic.AUDIT));
      for (LogRecord one : page) {
        after = one.position();
        if (one.payload().contains(mark)) {
          missing.removeIf(wanted -> tells(one, wanted));
        }
      }
    } while (page.size() == BATCH && !missing.isEmpty());
    return missing;
  }

  private static boolean tells(LogRecord record, AuditEvent wanted) {
    try {
      return AuditRecordJson.read(record.payload()).content()
              instanceof AuditRecord.Content.Happened happened
          && happened.event().action() == wanted.action()
          && happened.event().kid().equals(wanted.kid())
          && Objects.equals(
              happened.event().details().get(KeyAudit.RECORD),
              wanted.details().get(KeyAudit.RECORD));
    } catch (UnreadableRecordException e) {
      // `gat audit verify` tells of it; an event too many is better than one that is missing.
      return false;
    }
  }
}
