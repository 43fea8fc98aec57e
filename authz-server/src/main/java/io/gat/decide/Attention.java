package io.gat.decide;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Work for a caller that may leave before it is done. */
public interface Attention {
  /**
   * Works for a caller on the current thread.
   *
   * @param callerGone whether nobody waits any more
   * @throws CallerGoneException where the caller was found gone before an expensive part
   */
  <T> T whileWaiting(BooleanSupplier callerGone, Supplier<T> work);

  /** Pays no attention: all work is done. */
  static Attention none() {
    return new Attention() {
      @Override
      public <T> T whileWaiting(BooleanSupplier callerGone, Supplier<T> work) {
        return work.get();
      }
    };
  }
}
