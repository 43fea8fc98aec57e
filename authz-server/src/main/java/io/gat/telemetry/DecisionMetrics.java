package io.gat.telemetry;

import io.gat.audit.AuditHealth;
import io.gat.decide.CacheResult;
import io.gat.decide.CachedVerification;
import io.gat.decide.Decision;
import io.gat.decide.DecisionObserver;
import io.gat.decide.DecisionRecord.Outcome;
import io.gat.decide.GivenUp;
import io.gat.decide.Reason;
import io.gat.decide.Trial;
import io.gat.feed.FeedObserver;
import io.gat.feed.StreamLoss;
import io.gat.keys.life.KeyStatus;
import io.gat.log.LogHealth;
import io.gat.log.LogStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts decisions and shows gat's state in Prometheus format.
 *
 * <p>Every series that a check can touch exists from the start: a check only increments, and no
 * caller can make a series grow. Only those of a candidate come with the first check that they are
 * for: services and rules are the policies' own, and not a caller's to choose.
 */
public final class DecisionMetrics implements DecisionObserver, AutoCloseable {
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(50_000),
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
  };

  private final PrometheusMeterRegistry registry;
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Map<Outcome, Map<Reason, Counter>> checks = new EnumMap<>(Outcome.class);
  private final Map<GivenUp, Counter> givenUp = new EnumMap<>(GivenUp.class);
  private final Counter hits;
  private final Counter misses;
  private final Timer durations;
  private final ShadowMetrics shadow;
  private @Nullable Meter policy;
  private volatile @Nullable IssuerMetrics issuer;

  /** Micrometer holds what a counter asks only weakly: without this it would stop to count. */
  private final List<LongSupplier> counted = new CopyOnWriteArrayList<>();

  public DecisionMetrics() {
    this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(under(MetricNames.JVM, "jvm"));
    for (Outcome outcome : Outcome.values()) {
      checks.put(outcome, new EnumMap<>(Reason.class));
    }
    for (Reason reason : Reason.values()) {
      if (reason == Reason.OK) {
        count(Outcome.ALLOW, reason);
      } else {
        count(Outcome.DENY, reason);
        if (reason.status() == 503) {
          count(Outcome.ERROR, reason);
        }
      }
    }
    for (GivenUp stage : GivenUp.values()) {
      givenUp.put(
          stage,
          Counter.builder(MetricNames.GIVEN_UP)
              .description("Checks that were not answered because their caller had gone")
              .tag(MetricNames.STAGE, stage.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    this.hits = lookups(CacheResult.HIT);
    this.misses = lookups(CacheResult.MISS);
    this.durations =
        Timer.builder(MetricNames.CHECK_DURATION)
            .description("How long checks took, from arrival to answer")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    this.shadow = new ShadowMetrics(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** All of gat's metrics start alike. */
  private static MeterFilter under(String prefix, String group) {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        String name = id.getName();
        return name.startsWith(group + ".")
            ? id.withName(prefix + name.substring(group.length()))
            : id;
      }
    };
  }

  private void count(Outcome outcome, Reason reason) {
    Counter counter =
        Counter.builder(MetricNames.CHECKS)
            .description("Checks answered")
            .tag(MetricNames.DECISION, outcome.word())
            .tag(MetricNames.REASON, reason.code())
            .register(registry);
    of(outcome).put(reason, counter);
  }

  private Map<Reason, Counter> of(Outcome outcome) {
    return Objects.requireNonNull(checks.get(outcome));
  }

  private Counter lookups(CacheResult result) {
    return Counter.builder(MetricNames.CACHE_LOOKUPS)
        .description("Look-ups in the token cache")
        .tag(MetricNames.RESULT, result.word())
        .register(registry);
  }

  @Override
  public void decided(Decision decision, Duration took) {
    Counter counter = of(Outcome.of(decision)).get(decision.reason());
    if (counter != null) {
      counter.increment();
    }
    switch (decision.facts().cache()) {
      case HIT -> hits.increment();
      case MISS -> misses.increment();
      case NONE -> {}
    }
    durations.record(took);
  }

  @Override
  public void decided(Decision decision, Trial trial, Duration took) {
    decided(decision, took);
    shadow.count(trial);
  }

  /**
   * Shows what is judged by beside the policy; its counts begin anew.
   *
   * @param running the hash of the policy that decides
   */
  public void candidate(CandidateState state, String running) {
    shadow.candidate(state, running);
  }

  @Override
  public void givenUp(GivenUp stage) {
    Objects.requireNonNull(givenUp.get(stage)).increment();
  }

  /**
   * Counts a call of the admin API.
   *
   * @param operation one of a fixed list
   * @param outcome a word of a fixed list
   */
  public void adminCall(String operation, String outcome) {
    Counter.builder(MetricNames.ADMIN_CALLS)
        .description("Calls of the admin API")
        .tag(MetricNames.OPERATION, operation)
        .tag(MetricNames.OUTCOME, outcome)
        .register(registry)
        .increment();
  }

  /** Shows how many checks are in work, and how many may be. */
  public void inFlight(IntSupplier now, IntSupplier limit) {
    Gauge.builder(MetricNames.IN_FLIGHT, now::getAsInt)
        .description("Checks that are in work")
        .register(registry);
    Gauge.builder(MetricNames.LIMIT, limit::getAsInt)
        .description("How many checks may be in work now")
        .register(registry);
  }

  /** Shows an issuer's log and keys. Once. */
  public void issuer(
      Supplier<LogStats> log,
      Supplier<LogHealth> health,
      Supplier<AuditHealth> audit,
      Supplier<List<KeyStatus>> keys) {
    issuer = new IssuerMetrics(registry, log, health, audit, keys);
  }

  /** Counts what an issuer's feeds do. Once. */
  public FeedObserver feeds() {
    return new FeedMetrics(registry);
  }

  /** Shows what the revocation canary finds. Once. */
  public CanaryMetrics canary() {
    return new CanaryMetrics(registry);
  }

  /** Shows how many streams an issuer has. */
  public void feedStreams(IntSupplier streams) {
    FeedMetrics.streams(registry, streams);
  }

  /**
   * Shows how this server follows an issuer of another process.
   *
   * @param issuer an issuer of the configuration
   * @param lag positions of its log that this server lacks
   * @param position up to where it has applied revocations
   * @return counts the streams that it has lost
   */
  public Consumer<StreamLoss> follows(String issuer, LongSupplier lag, LongSupplier position) {
    return FeedMetrics.follower(registry, issuer, lag, position);
  }

  /** Shows how many connections there are. */
  public void connections(IntSupplier open) {
    Gauge.builder(MetricNames.CONNECTIONS, open::getAsInt)
        .description("Connections to the ext_authz port")
        .register(registry);
  }

  /** Shows how long the certificate of the port is still valid. */
  public void certificate(Supplier<Duration> remaining) {
    Gauge.builder(MetricNames.CERTIFICATE_REMAINING, () -> seconds(remaining.get()))
        .description("How long the certificate of the ext_authz port is still valid")
        .baseUnit("seconds")
        .register(registry);
  }

  /** Shows the size of a share of the token cache. */
  public void cacheSize(CachedVerification.Share share, LongSupplier size) {
    Gauge.builder(MetricNames.CACHE_SIZE, size::getAsLong)
        .description("About how many entries a share of the token cache holds")
        .tag(MetricNames.SHARE, share.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  /**
   * Shows how long the revocations of an issuer still count as fresh.
   *
   * @param issuer an issuer of the configuration
   */
  public void leaseRemaining(String issuer, Supplier<Duration> remaining) {
    Gauge.builder(MetricNames.LEASE_REMAINING, () -> seconds(remaining.get()))
        .description("How long the issuer's revocations still count as fresh")
        .baseUnit("seconds")
        .tag(MetricNames.ISSUER, issuer)
        .register(registry);
  }

  /**
   * Shows how long ago the keys of an issuer were read; nothing while there are none.
   *
   * @param issuer an issuer of the configuration
   */
  public void keysAge(String issuer, Supplier<Optional<Duration>> age) {
    Gauge.builder(
            MetricNames.KEYS_AGE, () -> age.get().map(DecisionMetrics::seconds).orElse(Double.NaN))
        .description("How long ago the issuer's keys were read")
        .baseUnit("seconds")
        .tag(MetricNames.ISSUER, issuer)
        .register(registry);
  }

  /** Shows how many headers that only help callers were left out for their length. */
  public void headersOmitted(LongSupplier omitted) {
    counted.add(omitted);
    FunctionCounter.builder(MetricNames.HEADERS_OMITTED, omitted, LongSupplier::getAsLong)
        .description("Headers that only help callers, left out for their length")
        .register(registry);
  }

  /** Shows the number of checks about which the candidate was not asked, since too many waited. */
  public void trialsDropped(LongSupplier dropped) {
    counted.add(dropped);
    FunctionCounter.builder(MetricNames.SHADOW_DROPPED, dropped, LongSupplier::getAsLong)
        .description(ShadowMetrics.DROPPED)
        .tag(MetricNames.REASON, "queue")
        .register(registry);
  }

  /** Shows the numbers of decision records that were not written. */
  public void logDropped(DecisionLog log) {
    FunctionCounter.builder(
            MetricNames.SHADOW_RECORDS_DROPPED, log, DecisionLog::disagreementsDropped)
        .description("Records of allowed calls that the candidate disagrees about, not written")
        .register(registry);
    FunctionCounter.builder(MetricNames.LOG_DROPPED, log, DecisionLog::dropped)
        .description("Records of denials and errors that were not written")
        .register(registry);
  }

  /** Shows which policy is loaded, in place of the one before. */
  public synchronized void policyLoaded(String hash) {
    if (policy != null) {
      registry.remove(policy);
    }
    policy =
        Gauge.builder(MetricNames.POLICY_INFO, () -> 1)
            .description("The loaded policy")
            .tag(MetricNames.HASH, hash)
            .register(registry);
  }

  private static double seconds(Duration duration) {
    return duration.toSeconds() + duration.toNanosPart() / 1e9;
  }

  /** Everything in Prometheus' text format, version 0.0.4. */
  public String scrape() {
    IssuerMetrics own = issuer;
    if (own != null) {
      own.refresh();
    }
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
