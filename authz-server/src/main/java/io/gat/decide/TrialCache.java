package io.gat.decide;

import io.gat.keys.TrustedKeys;
import io.gat.revocation.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate knows of tokens. It reads what the decisions remember, and changes nothing
 * there: tokens that only it asks for push out none that the policy asks for. Those it verifies
 * itself, so many a second at most: a flood of bad tokens at a public path costs no more than that.
 */
public final class TrialCache implements DecisionCache {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final DecisionCache decisions;
  private final DecisionCache own;
  private final Moment.Source clock;
  private final int most;

  private @Nullable Moment since;
  private int verified;

  /**
   * A cache.
   *
   * @param decisions is only read
   * @param own remembers what is verified for the candidate alone
   * @param most how many tokens are verified a second, in [1, ∞)
   */
  public TrialCache(DecisionCache decisions, DecisionCache own, Moment.Source clock, int most) {
    this.decisions = Objects.requireNonNull(decisions);
    this.own = Objects.requireNonNull(own);
    this.clock = Objects.requireNonNull(clock);
    this.most = most;
    if (most < 1) {
      throw new IllegalArgumentException("a candidate verifies at least one token a second");
    }
  }

  @Override
  public Answer get(
      CacheKey key, Instant now, TrustedKeys keys, Supplier<CachedVerification> verify) {
    Optional<CachedVerification> known = decisions.remembered(key, now, keys);
    if (known.isPresent()) {
      return new Answer(known.get(), CacheResult.HIT);
    }
    return own.get(
        key,
        now,
        keys,
        () -> {
          spend();
          return verify.get();
        });
  }

  private synchronized void spend() {
    Moment now = clock.now();
    Moment began = since;
    if (began == null || now.monotonic().minus(began.monotonic()).compareTo(SECOND) >= 0) {
      since = now;
      verified = 0;
    }
    if (verified == most) {
      throw new AllowanceSpentException();
    }
    verified++;
  }
}
