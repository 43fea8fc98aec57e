package io.gat.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.gat.decide.CacheKey;
import io.gat.decide.CacheResult;
import io.gat.decide.CachedVerification;
import io.gat.decide.DecisionCache;
import io.gat.keys.TrustedKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DecisionCache} in two bounded shares: tokens that verified, and rejections.
 *
 * <p><b>What may be used.</b> {@link CachedVerification#isUsable} is asked on every hit with the
 * time and the keys of the check at hand, and on every result that a check was waiting for. It
 * alone decides. What fails it is removed and verified again.
 *
 * <p><b>What is kept.</b> Each share has its own bound, so rejections compete with rejections only.
 * An entry also leaves at {@link CachedVerification#keepUntil}: an expired token would fail {@code
 * isUsable} anyhow, but a popular one would hold its place (Caffeine admits a newcomer only where
 * it was asked for more often than the entry it replaces) and its memory. That expiry is
 * housekeeping: a wall clock that is set back or forth makes entries leave late or early, never
 * stay usable.
 *
 * <p><b>Who verifies.</b> The first check that misses a key boards it as a <em>flight</em>; later
 * ones wait for it to land. A check waits for at most one flight. Where that brought nothing that
 * it may use (verification failed with an exception, gave an error, or used other keys than the
 * check has), it verifies by itself, beside the others: waiting in line for every one of them to
 * fail would take as long as all of them together. Flights of different keys share nothing; the
 * verification runs outside of every lock.
 */
public final class CaffeineDecisionCache implements DecisionCache {
  private final Cache<CacheKey, CachedVerification> tokens;
  private final Cache<CacheKey, CachedVerification> rejected;

  /** A flight lands with null where its verification failed. */
  private final ConcurrentMap<CacheKey, CompletableFuture<@Nullable CachedVerification>> flights =
      new ConcurrentHashMap<>();

  /**
   * A cache.
   *
   * @param maxTokens how many verified tokens are kept, in [0, ∞)
   * @param maxRejected how many rejections are kept, in [0, ∞)
   * @param clock the wall clock that entries leave by
   */
  public CaffeineDecisionCache(long maxTokens, long maxRejected, InstantSource clock) {
    this.tokens = share(maxTokens, clock);
    this.rejected = share(maxRejected, clock);
  }

  private static Cache<CacheKey, CachedVerification> share(long maxEntries, InstantSource clock) {
    Objects.requireNonNull(clock);
    return Caffeine.newBuilder()
        .maximumSize(maxEntries)
        .expireAfter(
            Expiry.<CacheKey, CachedVerification>writing(
                (key, value) -> Duration.between(clock.instant(), value.keepUntil())))
        .ticker(() -> nanosSinceEpoch(clock.instant()))
        .build();
  }

  /** Enough until the year 2262; past it the value wraps around, which Caffeine's tickers may. */
  private static long nanosSinceEpoch(Instant now) {
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  @Override
  public Answer get(
      CacheKey key, Instant now, TrustedKeys keys, Supplier<CachedVerification> verify) {
    CachedVerification known = usable(key, now, keys);
    if (known != null) {
      return new Answer(known, CacheResult.HIT);
    }
    CompletableFuture<@Nullable CachedVerification> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable CachedVerification> theirs = flights.putIfAbsent(key, mine);
    if (theirs == null) {
      return fly(key, now, keys, verify, mine);
    }
    CachedVerification landed = theirs.join();
    if (landed != null && landed.isUsable(now, keys)) {
      return new Answer(landed, CacheResult.HIT);
    }
    return new Answer(remember(key, verify.get()), CacheResult.MISS);
  }

  /** Quietly: what is only looked at here neither stays longer nor leaves. */
  @Override
  public Optional<CachedVerification> remembered(CacheKey key, Instant now, TrustedKeys keys) {
    CachedVerification known = tokens.policy().getIfPresentQuietly(key);
    if (known == null) {
      known = rejected.policy().getIfPresentQuietly(key);
    }
    return Optional.ofNullable(known).filter(k -> k.isUsable(now, keys));
  }

  private Answer fly(
      CacheKey key,
      Instant now,
      TrustedKeys keys,
      Supplier<CachedVerification> verify,
      CompletableFuture<@Nullable CachedVerification> flight) {
    CachedVerification result = null;
    try {
      // An earlier flight may have landed since this check looked.
      result = usable(key, now, keys);
      if (result != null) {
        return new Answer(result, CacheResult.HIT);
      }
      result = remember(key, verify.get());
      return new Answer(result, CacheResult.MISS);
    } finally {
      flights.remove(key, flight);
      flight.complete(result);
    }
  }

  /** What is remembered and may be used; what may not be is forgotten. */
  private @Nullable CachedVerification usable(CacheKey key, Instant now, TrustedKeys keys) {
    CachedVerification known = usable(tokens, key, now, keys);
    return known != null ? known : usable(rejected, key, now, keys);
  }

  private static @Nullable CachedVerification usable(
      Cache<CacheKey, CachedVerification> share, CacheKey key, Instant now, TrustedKeys keys) {
    CachedVerification known = share.getIfPresent(key);
    if (known == null || known.isUsable(now, keys)) {
      return known;
    }
    // Only this very entry: another check may have put a newer one.
    share.asMap().remove(key, known);
    return null;
  }

  private CachedVerification remember(CacheKey key, CachedVerification made) {
    switch (made.share()) {
      case TOKENS -> tokens.put(key, made);
      case REJECTED -> rejected.put(key, made);
      case NOTHING -> {}
    }
    return made;
  }

  /** About how many entries a share holds, in [0, ∞); {@code NOTHING} holds none. */
  public long size(CachedVerification.Share share) {
    return switch (share) {
      case TOKENS -> tokens.estimatedSize();
      case REJECTED -> rejected.estimatedSize();
      case NOTHING -> 0;
    };
  }

  /** Lets go now of what is expired or over the bound; otherwise that happens along with writes. */
  void settle() {
    tokens.cleanUp();
    rejected.cleanUp();
  }
}
