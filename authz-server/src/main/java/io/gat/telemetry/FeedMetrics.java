package io.gat.telemetry;

import io.gat.feed.ClaimOutcome;
import io.gat.feed.FeedObserver;
import io.gat.feed.StreamEnd;
import io.gat.feed.StreamLoss;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** What both ends of feeds tell. Every series is there from the start. */
final class FeedMetrics implements FeedObserver {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
  };

  private final Counter messages;
  private final Counter changes;
  private final Counter bytes;
  private final Map<ClaimOutcome, Counter> claims = new EnumMap<>(ClaimOutcome.class);
  private final Map<Vouching, Timer> vouched = new EnumMap<>(Vouching.class);
  private final Map<StreamEnd, Counter> ended = new EnumMap<>(StreamEnd.class);

  /** Of an issuer. */
  FeedMetrics(MeterRegistry registry) {
    messages =
        Counter.builder(MetricNames.FEED_MESSAGES)
            .description("Messages sent to authz servers")
            .register(registry);
    changes =
        Counter.builder(MetricNames.FEED_CHANGES)
            .description("Changes of revocations in them")
            .register(registry);
    bytes =
        Counter.builder(MetricNames.FEED_BYTES)
            .description("Their bytes, without frames and TLS")
            .baseUnit("bytes")
            .register(registry);
    for (ClaimOutcome outcome : ClaimOutcome.values()) {
      claims.put(
          outcome,
          Counter.builder(MetricNames.FEED_CLAIMS)
              .description("Claims of single-use values that were answered")
              .tag(MetricNames.OUTCOME, word(outcome))
              .register(registry));
    }
    for (Vouching outcome : Vouching.values()) {
      vouched.put(
          outcome,
          Timer.builder(MetricNames.FEED_VOUCHED)
              .description("How long the log took to vouch for what a stream was told")
              .tag(MetricNames.OUTCOME, word(outcome))
              .serviceLevelObjectives(BUCKETS)
              .register(registry));
    }
    for (StreamEnd why : StreamEnd.values()) {
      ended.put(
          why,
          Counter.builder(MetricNames.FEED_ENDED)
              .description("Streams that have ended")
              .tag(MetricNames.REASON, why.word())
              .register(registry));
    }
  }

  /** Shows how many streams an issuer has. */
  static void streams(MeterRegistry registry, IntSupplier streams) {
    Gauge.builder(MetricNames.FEED_STREAMS, streams::getAsInt)
        .description("Authz servers of other processes that follow this issuer")
        .register(registry);
  }

  /**
   * Shows how an authz server follows an issuer.
   *
   * @param lag positions of the log that it lacks
   * @param position up to where it has applied revocations
   * @return counts the streams that it has lost
   */
  static Consumer<StreamLoss> follower(
      MeterRegistry registry, String issuer, LongSupplier lag, LongSupplier position) {
    Gauge.builder(MetricNames.FEED_LAG, lag::getAsLong)
        .description("Positions of the issuer's log that this server is known to lack")
        .tag(MetricNames.ISSUER, issuer)
        .register(registry);
    Gauge.builder(MetricNames.FEED_POSITION, position::getAsLong)
        .description("Position of the issuer's log up to which revocations are applied")
        .tag(MetricNames.ISSUER, issuer)
        .register(registry);
    Map<StreamLoss, Counter> lost = new EnumMap<>(StreamLoss.class);
    for (StreamLoss why : StreamLoss.values()) {
      lost.put(
          why,
          Counter.builder(MetricNames.FEED_LOST)
              .description("Streams to an issuer that were lost, or could not be had")
              .tag(MetricNames.ISSUER, issuer)
              .tag(MetricNames.REASON, why.word())
              .register(registry));
    }
    return why -> Objects.requireNonNull(lost.get(why)).increment();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void sent(int changesSent, int bytesSent) {
    messages.increment();
    changes.increment(changesSent);
    bytes.increment(bytesSent);
  }

  @Override
  public void claimed(ClaimOutcome outcome) {
    Objects.requireNonNull(claims.get(outcome)).increment();
  }

  @Override
  public void vouched(Duration took, Vouching outcome) {
    Objects.requireNonNull(vouched.get(outcome)).record(took);
  }

  @Override
  public void ended(StreamEnd why) {
    Objects.requireNonNull(ended.get(why)).increment();
  }
}
