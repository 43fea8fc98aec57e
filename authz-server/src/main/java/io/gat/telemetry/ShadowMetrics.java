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
 * what is shown is about what runs now, and series of old rules do not pile up. What was judged by
 * other policies than those that are shown is not counted. Beyond {@value #MOST_SERIES} the rule is
 * left out.
 */
final class ShadowMetrics {
  static final int MOST_SERIES = 10_000;
  private static final String NOTHING = "-";

  private final MeterRegistry registry;
  static final String DROPPED = "Checks about which the candidate was not asked";

  private final Counter errors;
  private final Counter skipped;
  private volatile Shown shown = new Shown(null);
  private @Nullable Meter info;

  ShadowMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.errors =
        Counter.builder(MetricNames.SHADOW_ERRORS)
            .description("Checks that could not be judged by the candidate")
            .register(registry);
    this.skipped =
        Counter.builder(MetricNames.SHADOW_DROPPED)
            .description(DROPPED)
            .tag(MetricNames.REASON, "signatures")
            .register(registry);
  }

  private record Key(
      String service, String rule, ShadowAnswer.Kind live, ShadowAnswer.Kind candidate) {
    Key withoutRule() {
      return new Key(service, NOTHING, live, candidate);
    }
  }

  /** The series of two policies. */
  private static final class Shown {
    private final Trial.@Nullable Pair policies;
    private final Map<Key, Series> series = new ConcurrentHashMap<>();
    private volatile boolean full;

    /** Of none where {@code policies} is null. */
    Shown(Trial.@Nullable Pair policies) {
      this.policies = policies;
    }
  }

  private record Series(Counter checks, @Nullable Counter disagreements) {}

  void count(Trial trial) {
    switch (trial) {
      case Trial.None none -> {}
      case Trial.Skipped late -> skipped.increment();
      case Trial.Failed failed -> errors.increment();
      case Trial.Answered answered -> {
        Shown now = shown;
        Series of = answered.policies().equals(now.policies) ? series(now, answered) : null;
        if (of != null) {
          of.checks.increment();
          Counter disagreements = of.disagreements;
          if (disagreements != null) {
            disagreements.increment();
          }
        }
      }
    }
  }

  /** Null where other policies are shown meanwhile. */
  private @Nullable Series series(Shown now, Trial.Answered answered) {
    ShadowAnswer told =
        answered.candidate().rule().isEmpty() && !answered.live().rule().isEmpty()
            ? answered.live()
            : answered.candidate();
    Key key = key(told.service(), told.rule(), answered);
    Series known = now.series.get(key);
    if (known == null && now.full) {
      known = now.series.get(key.withoutRule());
    }
    return known == null ? register(now, key) : known;
  }

  private static Key key(String service, String rule, Trial.Answered answered) {
    return new Key(
        service.isEmpty() ? NOTHING : service,
        rule.isEmpty() ? NOTHING : rule,
        answered.live().kind(),
        answered.candidate().kind());
  }

  /** Locked, so that no series is registered of a candidate that has gone meanwhile. */
  private synchronized @Nullable Series register(Shown now, Key wanted) {
    if (now != shown) {
      return null;
    }
    now.full = now.series.size() >= MOST_SERIES;
    Key key = now.full ? wanted.withoutRule() : wanted;
    return now.series.computeIfAbsent(
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

  synchronized void candidate(CandidateState state, String running) {
    Shown old = shown;
    shown =
        new Shown(
            state instanceof CandidateState.Runs runs
                ? new Trial.Pair(running, runs.hash())
                : null);
    for (Series one : old.series.values()) {
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
