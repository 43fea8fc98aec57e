package io.gat.keys.life;

import io.gat.audit.AuditEvent.Actor;
import io.gat.log.LogEntry;
import io.gat.log.LogReader;
import io.gat.log.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The keys of a log that has lost records: the lost ones may have revoked or ended any of them, so
 * none may sign or be trusted any more.
 */
public final class RestoredKeys {
  private static final String REASON = "the log was restored, and may have lost what ended the key";

  private final KeyRing ring;

  private RestoredKeys(KeyRing ring) {
    this.ring = Objects.requireNonNull(ring);
  }

  /**
   * The keys that a log has.
   *
   * @throws io.gat.log.LogException where it cannot be read
   */
  public static RestoredKeys read(LogReader log) {
    return new RestoredKeys(LiveRing.read(log));
  }

  /** The ids of those that are in its key set, and may not stay there. */
  public List<String> kids() {
    return ring.keys().stream().filter(KeyEntry::isPublished).map(KeyEntry::kid).toList();
  }

  /**
   * The records that take them out of the key set, stop a canary, and let issuers sign with new
   * keys at once. There is at least one, also where the log has lost all its keys: readers have
   * older key sets, and nobody may take it for the log of a new issuer. An issuer audits them when
   * it starts.
   *
   * @param by who accepts the log
   */
  public List<LogEntry> revocations(Instant now, Actor by) {
    List<KeyEvent> events = new ArrayList<>();
    kids().forEach(kid -> events.add(new KeyEvent.Revoked(now, kid, by.name())));
    if (ring.canary().isPresent()) {
      events.add(new KeyEvent.CanaryStopped(now, by.name()));
    }
    events.add(new KeyEvent.RotationAsked(now, KeyEvent.Urgency.NOW, by.name()));
    KeyEventJson.Written written = new KeyEventJson.Written("", KeyCause.of(by).because(REASON));
    return events.stream()
        .map(
            event ->
                new LogEntry(Topic.KEY, "", KeyEventJson.write(event, written), event.effect()))
        .toList();
  }
}
