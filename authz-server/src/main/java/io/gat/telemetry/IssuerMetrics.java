package io.gat.telemetry;

import io.gat.audit.AuditHealth;
import io.gat.keys.life.KeyStatus;
import io.gat.log.LogHealth;
import io.gat.log.LogStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What an issuer tells of its log and its keys. */
final class IssuerMetrics {
  private final Supplier<LogStats> log;
  private final Supplier<List<KeyStatus>> keys;
  private final MultiGauge signed;

  /** As it was when it was last read: all meters of one reading tell of one moment. */
  private volatile LogStats stats;

  IssuerMetrics(
      MeterRegistry registry,
      Supplier<LogStats> log,
      Supplier<LogHealth> health,
      Supplier<AuditHealth> audit,
      Supplier<List<KeyStatus>> keys) {
    this.log = log;
    this.keys = keys;
    this.stats = log.get();
    FunctionCounter.builder(MetricNames.LOG_APPENDED, this, own -> own.stats.acknowledged())
        .description("Appends that the issuer's log has acknowledged")
        .register(registry);
    FunctionCounter.builder(MetricNames.LOG_COMMITS, this, own -> own.stats.commits())
        .description("How often the issuer's log has waited for its disk")
        .register(registry);
    Gauge.builder(MetricNames.LOG_COMMIT_DURATION, () -> seconds(stats.lastCommit()))
        .description("How long the last of them took")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder(MetricNames.LOG_FREE, () -> stats.bytesFree())
        .description("What is left on the log's volume; -1 where nobody knows")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder(MetricNames.LOG_WAITING, () -> stats.waiting())
        .description("Entries that wait to be written")
        .register(registry);
    Gauge.builder(MetricNames.LOG_SOUND, () -> health.get() instanceof LogHealth.Sound ? 1 : 0)
        .description("1 while the log takes everything; 0: only what takes away, or nothing")
        .register(registry);
    Gauge.builder(MetricNames.AUDIT_SOUND, () -> audit.get() instanceof AuditHealth.Sound ? 1 : 0)
        .description("1 while the audit log takes events and its checkpoints are exported")
        .register(registry);
    this.signed =
        MultiGauge.builder(MetricNames.KEYS_SIGNED)
            .description("Tokens that this process has signed with a key since it started")
            .register(registry);
  }

  /** To be called before each reading: keys come and go. */
  void refresh() {
    stats = log.get();
    signed.register(
        keys.get().stream()
            .filter(key -> !key.state().equals("retired") && !key.state().equals("revoked"))
            .map(
                key ->
                    MultiGauge.Row.of(
                        Tags.of(
                            MetricNames.KID, key.kid(),
                            MetricNames.ALGORITHM, key.algorithm(),
                            MetricNames.STATE, key.state()),
                        key::signed))
            .toList(),
        true);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
