package io.gat.keys.life;

import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The newest ring, kept up to date by the log's deliveries and by reading it. Listeners are called
 * in the order of rings, before the ring is the current one; they return fast.
 */
final class LiveRing {
  private static final int BATCH = 1_000;

  private final List<Consumer<KeyRing>> listeners = new ArrayList<>();
  private volatile KeyRing current = KeyRing.empty();

  KeyRing current() {
    return current;
  }

  /** Calls a listener with the ring as it is, and with each later one. */
  synchronized void onChange(Consumer<KeyRing> listener) {
    listener.accept(current);
    listeners.add(listener);
  }

  /** Applies records; those that are in the ring already are left out. */
  synchronized void take(List<LogRecord> records) {
    KeyRing next = current;
    for (LogRecord record : records) {
      if (record.topic() == Topic.KEY && record.position() > next.position()) {
        next = next.with(record);
      }
    }
    if (next != current) {
      for (Consumer<KeyRing> listener : listeners) {
        listener.accept(next);
      }
      // Last: whoever decides by this ring may count on a signer that has chosen by it.
      current = next;
    }
  }

  /** Applies all that the log has now. */
  synchronized void catchUp(LogReader log) {
    List<LogRecord> records;
    do {
      records = log.read(current.position(), BATCH, Set.of(Topic.KEY));
      take(records);
    } while (records.size() == BATCH);
  }
}
