package io.gat.token;

import io.gat.keys.KeySet;
import java.util.Optional;

/**
 * The keys of whoever signs assertions. Safe to share between threads. Only who shows an assertion
 * of this very signer ever waits for it.
 */
public interface AssertionKeys {
  /** The newest keys; absent where none are known. May wait a bounded time for the first ones. */
  Optional<KeySet> current();

  /**
   * Looks for newer keys, since an assertion names one that is not known; waits a bounded time.
   *
   * @return whether there may be other keys now
   */
  Newer refresh();

  /** Whether there are newer keys. */
  enum Newer {
    PERHAPS,
    NONE,
    /** So many wait for them already that nobody else may: ask again. */
    TOO_MANY_ASK
  }
}
