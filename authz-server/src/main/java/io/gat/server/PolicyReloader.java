package io.gat.server;

import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.verify.PolicyTests;
import io.gat.policy.verify.TestReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps the running policy equal to its files. It reads them every half second and compares texts,
 * which works the same for an editor's rename, a ConfigMap's symlink swap and a network mount. A
 * set that is refused is told once per text, and the last good one stays.
 *
 * <p>A folder's {@code *_test.yaml} belong to the set: it is refused where one of them fails.
 */
final class PolicyReloader implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PolicyReloader.class.getName());
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** So many differences are told one by one. */
  private static final int MOST_TOLD = 20;

  private final PolicySource source;
  private final String environment;
  private final Function<Policy, List<String>> objections;
  private final PolicyTests tests;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gat-policy-reload").daemon().factory());
  private PolicyFiles.WithTests seen;
  private Policy good;
  private Consumer<Policy> listener = policy -> {};

  private PolicyReloader(
      PolicySource source,
      String environment,
      Function<Policy, List<String>> objections,
      PolicyTests tests)
      throws StartException {
    this.source = source;
    this.environment = environment;
    this.objections = objections;
    this.tests = tests;
    this.seen = source.read();
    this.good =
        switch (load()) {
          case Loaded.Good loaded -> loaded.policy();
          case Loaded.Bad bad -> throw new StartException(String.join("\n", bad.problems()));
        };
    source.accepted();
  }

  /** A policy that may run, or every problem of the files, one a line. */
  private sealed interface Loaded {
    record Good(Policy policy) implements Loaded {}

    record Bad(List<String> problems) implements Loaded {}
  }

  /**
   * Loads the policy once; {@link #watch} keeps it up to date.
   *
   * @param environment whose values the files take
   * @param objections what else speaks against a policy that compiles; empty for nothing
   * @param tests runs the tests of a folder that has some
   * @throws StartException where the set is refused: all problems, one a line
   */
  static PolicyReloader load(
      PolicySource source,
      String environment,
      Function<Policy, List<String>> objections,
      PolicyTests tests)
      throws StartException {
    return new PolicyReloader(source, environment, objections, tests);
  }

  /** The newest good policy. */
  synchronized Policy policy() {
    return good;
  }

  /** Tells a listener of every later good policy. */
  synchronized void tell(Consumer<Policy> later) {
    listener = later;
  }

  /** Looks at the files again and again, until {@link #close}. */
  void watch() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Reads the files, and takes them if they have changed and hold a policy. */
  synchronized void look() {
    try {
      PolicyFiles.WithTests now = source.read();
      if (now.equals(seen)) {
        return;
      }
      seen = now;
      switch (load()) {
        case Loaded.Good loaded -> {
          good = loaded.policy();
          listener.accept(good);
          source.accepted();
        }
        case Loaded.Bad bad ->
            LOG.log(
                Level.ERROR,
                "policy {0} refused, the last good one stays: {1}",
                source.name(),
                String.join("; ", bad.problems()));
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "policy reload failed, the last good one stays", e);
    }
  }

  private Loaded load() {
    return switch (seen.policy()) {
      case PolicyFiles.Result.Unreadable bad -> new Loaded.Bad(lines(bad.problems()));
      case PolicyFiles.Result.Sources read ->
          switch (PolicyCompiler.compile(read.sources(), environment)) {
            case PolicyCompiler.Refused refused -> new Loaded.Bad(lines(refused.problems()));
            case PolicyCompiler.Compiled compiled -> judged(compiled, read.sources());
          };
    };
  }

  private Loaded judged(PolicyCompiler.Compiled compiled, List<Source> sources) {
    Policy policy = compiled.policy();
    List<String> against = new ArrayList<>(objections.apply(policy));
    against.addAll(tested(compiled, sources));
    if (!against.isEmpty()) {
      return new Loaded.Bad(against);
    }
    compiled.warnings().forEach(w -> LOG.log(Level.WARNING, "{0}", w));
    LOG.log(
        Level.INFO,
        "policy {0}: {1} services, hash {2}",
        source.name(),
        policy.services().size(),
        policy.hash());
    return new Loaded.Good(policy);
  }

  /** What the folder's tests say against the set; nothing where there are none. */
  private List<String> tested(PolicyCompiler.Compiled compiled, List<Source> sources) {
    return switch (seen.tests()) {
      case PolicyFiles.Result.Unreadable bad -> lines(bad.problems());
      case PolicyFiles.Result.Sources none when none.sources().isEmpty() -> List.of();
      case PolicyFiles.Result.Sources some ->
          switch (tests.run(compiled, sources, some.sources())) {
            case PolicyTests.Result.Unreadable bad -> lines(bad.problems());
            case PolicyTests.Result.Ran ran -> failures(ran.report());
          };
    };
  }

  private List<String> failures(TestReport report) {
    List<String> failures = report.failures();
    if (failures.isEmpty()) {
      LOG.log(Level.INFO, "policy {0}: all {1} tests passed", source.name(), report.cases());
      return List.of();
    }
    List<String> told = new ArrayList<>(failures.subList(0, Math.min(MOST_TOLD, failures.size())));
    told.add(
        source.name()
            + ": "
            + report.failed()
            + " of "
            + report.cases()
            + " policy tests fail; `gat policy test "
            + source.name()
            + "` shows all of them");
    return told;
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    source.close();
  }
}
