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
   * @return true where there may be other keys now
   */
  boolean refresh();
}
