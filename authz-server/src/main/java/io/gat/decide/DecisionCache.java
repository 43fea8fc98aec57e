package io.gat.decide;

import io.gat.keys.TrustedKeys;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Remembers verifications of tokens, bounded; {@code io.gat.cache} implements it. */
public interface DecisionCache {
  /**
   * The remembered verification where it is still usable, else what {@code verify} returns, which
   * is remembered in its share. Concurrent calls for one key run {@code verify} once; calls for
   * different keys never wait for each other.
   */
  Answer get(CacheKey key, Instant now, TrustedKeys keys, Supplier<CachedVerification> verify);

  /**
   * What is remembered and still usable, without a trace that it was looked at; empty where nothing
   * is.
   */
  default Optional<CachedVerification> remembered(CacheKey key, Instant now, TrustedKeys keys) {
    return Optional.empty();
  }

  /**
   * A verification and where it came from.
   *
   * @param result {@link CacheResult#HIT} where it was remembered or another call was already at it
   */
  record Answer(CachedVerification verification, CacheResult result) {
    public Answer {
      Objects.requireNonNull(verification);
      Objects.requireNonNull(result);
    }
  }
}
