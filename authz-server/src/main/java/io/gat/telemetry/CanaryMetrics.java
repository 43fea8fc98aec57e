package io.gat.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What the revocation canary finds. */
public final class CanaryMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
  };

  private final Timer propagation;
  private final Map<CanaryFailure, Counter> failures = new EnumMap<>(CanaryFailure.class);

  CanaryMetrics(MeterRegistry registry) {
    propagation =
        Timer.builder(MetricNames.REVOCATION_PROPAGATION)
            .description("From a revocation's acknowledgement to the first rejection of its token")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    for (CanaryFailure why : CanaryFailure.values()) {
      failures.put(
          why,
          Counter.builder(MetricNames.CANARY_FAILED)
              .description("Rounds of the revocation canary that have measured nothing")
              .tag(MetricNames.REASON, why.word())
              .register(registry));
    }
  }

  /** A revoked probe was rejected. */
  public void propagated(Duration afterAcknowledgement) {
    propagation.record(afterAcknowledgement);
  }

  /** A round has measured nothing. */
  public void failed(CanaryFailure why) {
    Objects.requireNonNull(failures.get(why)).increment();
  }
}
