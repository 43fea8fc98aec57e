package io.gat.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gat.issue.ruling.Throttle;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A token bucket for each principal, and two for all together.
 *
 * <p>Each asks its own bucket first, so nobody takes more than its rate, and then the shared one,
 * which has nine tenths of what all may take. Many principals at their limit can empty that. Then
 * the last tenth is for those who have used no more than a tenth of their own burst: whoever storms
 * has used it up, since a refusal, too, costs a permit of one's own. So a storm, of one or of many,
 * leaves those alone who ask now and then.
 *
 * <p>Buckets that nobody has asked for an hour are forgotten, and beyond 100,000 those that are
 * asked least: such a one is full again, which a storming one never gets.
 */
public final class PrincipalBuckets implements Throttle {
  private static final int MAX_PRINCIPALS = 100_000;
  private static final Duration IDLE = Duration.ofHours(1);
  private static final int RESERVED = 10;
  private static final int TENTHS = 10;

  private final Cache<String, Bucket> own;
  private final Limits limits;
  private final Meter meter;
  private final Bucket shared;
  private final Bucket reserve;

  /** Full buckets. */
  public PrincipalBuckets(Limits limits) {
    this(limits, () -> Duration.ofNanos(System.nanoTime()));
  }

  /**
   * Full buckets.
   *
   * @param uptime since any moment; only grows
   */
  PrincipalBuckets(Limits limits, Supplier<Duration> uptime) {
    this.limits = Objects.requireNonNull(limits);
    this.meter = new Meter(uptime);
    this.own =
        Caffeine.newBuilder()
            .maximumSize(MAX_PRINCIPALS)
            .expireAfterAccess(IDLE)
            .ticker(meter::currentTimeNanos)
            .build();
    Rate all = limits.all();
    Rate kept = tenth(all);
    this.reserve = bucket(kept);
    this.shared =
        bucket(
            new Rate(
                Math.max(1, all.permits() * RESERVED - kept.permits()),
                all.period().multipliedBy(RESERVED),
                Math.max(1, all.burst() - kept.burst())));
  }

  /** In ten times the period, so that a tenth of few permits is no fraction. */
  private static Rate tenth(Rate all) {
    return new Rate(
        all.permits(), all.period().multipliedBy(RESERVED), Math.max(1, all.burst() / RESERVED));
  }

  private record Meter(Supplier<Duration> uptime) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return uptime.get().toNanos();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  private Bucket bucket(Rate rate) {
    return Bucket.builder()
        .addLimit(
            Bandwidth.builder()
                .capacity(rate.burst())
                .refillGreedy(rate.permits(), rate.period())
                .build())
        .withCustomTimePrecision(meter)
        .build();
  }

  @Override
  public Admission admit(String principal) {
    Bucket bucket = own.get(principal, p -> bucket(limits.each()));
    ConsumptionProbe mine = bucket.tryConsumeAndReturnRemaining(1);
    if (!mine.isConsumed()) {
      return later(mine);
    }
    ConsumptionProbe all = shared.tryConsumeAndReturnRemaining(1);
    if (all.isConsumed()) {
      return new Admission.Now();
    }
    boolean asksNowAndThen =
        (mine.getRemainingTokens() + 1) * TENTHS >= limits.each().burst() * (TENTHS - 1);
    return asksNowAndThen && reserve.tryConsume(1) ? new Admission.Now() : later(all);
  }

  private static Admission later(ConsumptionProbe probe) {
    return new Admission.Later(Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill())));
  }
}
