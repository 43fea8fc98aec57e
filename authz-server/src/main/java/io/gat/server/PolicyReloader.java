package io.gat.server;

import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
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
 */
final class PolicyReloader implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PolicyReloader.class.getName());
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final Path path;
  private final Function<Policy, List<String>> objections;
  private final Consumer<Policy> listener;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gat-policy-reload").daemon().factory());
  private PolicyFiles.Result seen;

  private PolicyReloader(
      Path path, Function<Policy, List<String>> objections, Consumer<Policy> listener) {
    this.path = path;
    this.objections = objections;
    this.listener = listener;
    this.seen = PolicyFiles.read(path);
  }

  /**
   * Loads the policy and watches its files.
   *
   * @param objections what else speaks against a policy that compiles; empty for nothing
   * @param listener gets the first policy before this returns, and every later one
   * @throws StartException where the first set is refused: all problems, one a line
   */
  static PolicyReloader start(
      Path path, Function<Policy, List<String>> objections, Consumer<Policy> listener)
      throws StartException {
    PolicyReloader reloader = new PolicyReloader(path, objections, listener);
    List<String> problems = reloader.load();
    if (!problems.isEmpty()) {
      throw new StartException(String.join("\n", problems));
    }
    reloader.warnOfTests();
    var _ =
        reloader.thread.scheduleWithFixedDelay(
            reloader::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return reloader;
  }

  /** Policy tests are a later version's; nobody may believe that they were run. */
  private void warnOfTests() {
    String[] tests = path.toFile().list((folder, name) -> name.matches("[^.].*_test\\.ya?ml"));
    if (tests != null && tests.length > 0) {
      LOG.log(
          Level.WARNING,
          "{0}: this version of gat does not run policy tests; not run: {1}",
          path,
          String.join(", ", tests));
    }
  }

  /** Reads the files, and takes them if they have changed and hold a policy. */
  void look() {
    try {
      PolicyFiles.Result now = PolicyFiles.read(path);
      if (now.equals(seen)) {
        return;
      }
      seen = now;
      List<String> problems = load();
      if (!problems.isEmpty()) {
        LOG.log(
            Level.ERROR,
            "policy {0} refused, the last good one stays: {1}",
            path,
            String.join("; ", problems));
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "policy reload failed, the last good one stays", e);
    }
  }

  /** Publishes what was seen, or says why not. */
  private List<String> load() {
    return switch (seen) {
      case PolicyFiles.Result.Unreadable bad -> lines(bad.problems());
      case PolicyFiles.Result.Sources good -> compile(good.sources());
    };
  }

  private List<String> compile(List<Source> sources) {
    return switch (PolicyCompiler.compile(sources)) {
      case PolicyCompiler.Refused refused -> lines(refused.problems());
      case PolicyCompiler.Compiled compiled -> publish(compiled);
    };
  }

  private List<String> publish(PolicyCompiler.Compiled compiled) {
    List<String> against = objections.apply(compiled.policy());
    if (against.isEmpty()) {
      compiled.warnings().forEach(w -> LOG.log(Level.WARNING, "{0}", w));
      listener.accept(compiled.policy());
      LOG.log(
          Level.INFO,
          "policy {0}: {1} services, hash {2}",
          path,
          compiled.policy().services().size(),
          compiled.policy().hash());
    }
    return against;
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
