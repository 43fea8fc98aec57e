package io.gat.keys.life;

import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The newest ring, kept up to date by the log's deliveries and by reading it. Listeners are called
 * in the order of rings, before the ring is the current one; they return fast. One that fails keeps
 * no other from being called, nor the ring from being the current one; all are called again when
 * the log brings its records again.
 */
final class LiveRing {
  private static final int BATCH = 1_000;

  private final List<Consumer<KeyRing>> listeners = new ArrayList<>();
  private volatile KeyRing current = KeyRing.empty();

  /** Up to which position every listener has been told. */
  private long shown;

  /** The ring that a log has now. */
  static KeyRing read(LogReader log) {
    LiveRing ring = new LiveRing();
    ring.catchUp(log);
    return ring.current();
  }

  KeyRing current() {
    return current;
  }

  /** Calls a listener with the ring as it is, and with each later one. */
  synchronized void onChange(Consumer<KeyRing> listener) {
    listener.accept(current);
    listeners.add(listener);
  }

  /**
   * Applies records; those that are in the ring already are left out.
   *
   * @throws io.gat.log.LogException where one cannot be read: those before it are applied
   */
  synchronized void take(List<LogRecord> records) {
    KeyRing next = current;
    try {
      for (LogRecord record : records) {
        if (record.topic() == Topic.KEY && record.position() > next.position()) {
          next = next.with(record);
        }
      }
    } finally {
      show(next);
    }
  }

  private void show(KeyRing next) {
    if (shown >= next.position()) {
      return;
    }
    @Nullable RuntimeException failure = null;
    for (Consumer<KeyRing> listener : listeners) {
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    // Last: whoever decides by this ring may count on a signer that has chosen by it.
    current = next;
    if (failure != null) {
      throw failure;
    }
    shown = next.position();
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
