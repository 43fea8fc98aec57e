package io.gat.telemetry;

import io.gat.decide.ShadowAnswer;
import io.gat.decide.Trial;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the candidate says beside what was decided.
 *
 * <p>A series comes with the first check that it is for, and goes when either policy changes: so
 * what is shown is about what runs now, and series of old rules do not pile up. Beyond {@value
 * #MOST_SERIES} the rule is left out.
 */
final class ShadowMetrics {
  static final int MOST_SERIES = 10_000;
  private static final String NOTHING = "-";

  private final MeterRegistry registry;
  private final Counter errors;
  private volatile Map<Key, Series> series = new ConcurrentHashMap<>();
  private @Nullable Meter info;

  ShadowMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.errors =
        Counter.builder(MetricNames.SHADOW_ERRORS)
            .description("Checks that could not be judged by the candidate")
            .register(registry);
  }

  private record Key(
      String service, String rule, ShadowAnswer.Kind live, ShadowAnswer.Kind candidate) {}

  private record Series(Counter checks, @Nullable Counter disagreements) {}

  void count(Trial trial) {
    switch (trial) {
      case Trial.None none -> {}
      case Trial.Failed failed -> errors.increment();
      case Trial.Answered answered -> {
        Series of = series(answered);
        of.checks.increment();
        Counter disagreements = of.disagreements;
        if (disagreements != null) {
          disagreements.increment();
        }
      }
    }
  }

  private Series series(Trial.Answered answered) {
    ShadowAnswer told =
        answered.candidate().rule().isEmpty() && !answered.live().rule().isEmpty()
            ? answered.live()
            : answered.candidate();
    Key key = key(told.service(), told.rule(), answered);
    Series known = series.get(key);
    return known == null ? register(key) : known;
  }

  private static Key key(String service, String rule, Trial.Answered answered) {
    return new Key(
        service.isEmpty() ? NOTHING : service,
        rule.isEmpty() ? NOTHING : rule,
        answered.live().kind(),
        answered.candidate().kind());
  }

  /** Locked, so that no series is registered of a candidate that has gone meanwhile. */
  private synchronized Series register(Key wanted) {
    Map<Key, Series> now = series;
    Key key =
        now.size() < MOST_SERIES
            ? wanted
            : new Key(wanted.service, NOTHING, wanted.live, wanted.candidate);
    return now.computeIfAbsent(
        key,
        k ->
            new Series(
                counter(MetricNames.SHADOW_CHECKS, "Checks judged by the candidate too", k),
                k.live == k.candidate
                    ? null
                    : counter(
                        MetricNames.SHADOW_DISAGREEMENTS,
                        "Checks about which the candidate disagrees",
                        k)));
  }

  private Counter counter(String name, String description, Key key) {
    return Counter.builder(name)
        .description(description)
        .tag(MetricNames.SERVICE, key.service)
        .tag(MetricNames.RULE, key.rule)
        .tag(MetricNames.LIVE, key.live.word())
        .tag(MetricNames.CANDIDATE, key.candidate.word())
        .register(registry);
  }

  synchronized void candidate(CandidateState state) {
    Map<Key, Series> old = series;
    series = new ConcurrentHashMap<>();
    for (Series one : old.values()) {
      registry.remove(one.checks);
      if (one.disagreements != null) {
        registry.remove(one.disagreements);
      }
    }
    if (info != null) {
      registry.remove(info);
    }
    info =
        switch (state) {
          case CandidateState.None none -> null;
          case CandidateState.Runs runs -> info("runs", runs.hash());
          case CandidateState.Refused refused -> info("refused", NOTHING);
        };
  }

  private Meter info(String state, String hash) {
    return Gauge.builder(MetricNames.SHADOW_INFO, () -> 1)
        .description("The candidate")
        .tag(MetricNames.STATE, state)
        .tag(MetricNames.HASH, hash)
        .register(registry);
  }
}
