package io.gat.keys;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Where one issuer's keys come from: a file, a URL, a shared secret, a feed.
 *
 * <p>A source calls its listener with every new key set, from its own thread; the listener returns
 * fast. It keeps the last good set when its origin fails, and says so in the log.
 */
public interface KeySource extends AutoCloseable {
  /**
   * Loads once and then keeps the keys up to date until {@link #close}. Returns when the first load
   * has succeeded or failed; a failed first load of a URL is tried again in the background.
   *
   * @throws KeySourceException where the origin can never work as configured (no such file, not a
   *     JWKS): one line with the file and a remedy
   */
  void start(Consumer<KeySet> listener);

  /**
   * Somebody presented a key id that is not in the set: reads the origin again if that was not done
   * in the last 10 s, waiting at most {@code patience} for it. Concurrent calls share one read.
   *
   * @return true where a read succeeded while this call waited, so that looking again makes sense
   */
  boolean refreshForUnknownKey(Duration patience);

  @Override
  void close();
}
