package io.gat.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What an issuer tells of its policy. */
final class IssuanceMetrics {
  private final Supplier<Map<String, Long>> shadow;
  private final MultiGauge disagreements;

  IssuanceMetrics(MeterRegistry registry, Supplier<Map<String, Long>> shadow, IntSupplier waiting) {
    this.shadow = shadow;
    Gauge.builder(MetricNames.APPROVALS_WAITING, waiting::getAsInt)
        .description("Requests for tokens that wait for a second person's yes")
        .register(registry);
    this.disagreements =
        MultiGauge.builder(MetricNames.ISSUE_SHADOW)
            .description("How often an issuance rule in shadow would have changed an answer")
            .register(registry);
  }

  /** To be called before each reading: rules come and go. */
  void refresh() {
    disagreements.register(
        shadow.get().entrySet().stream()
            .map(
                rule ->
                    MultiGauge.Row.of(Tags.of(MetricNames.RULE, rule.getKey()), rule.getValue()))
            .toList(),
        true);
  }
}
