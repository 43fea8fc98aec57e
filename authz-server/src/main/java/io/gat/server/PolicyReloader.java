package io.gat.server;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.verify.PolicyTests;
import io.gat.server.PolicyLoader.Loaded;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
 *
 * <p>A folder's {@code *_test.yaml} belong to the set: it is refused where one of them fails.
 */
final class PolicyReloader implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PolicyReloader.class.getName());
  static final Duration INTERVAL = Duration.ofMillis(500);

  private final PolicySource source;
  private final PolicyLoader loader;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gat-policy-reload").daemon().factory());
  private PolicyFiles.WithTests seen;
  private PolicyCompiler.Compiled good;
  private Consumer<PolicyCompiler.Compiled> listener = set -> {};

  private PolicyReloader(PolicySource source, PolicyLoader loader) throws StartException {
    this.source = source;
    this.loader = loader;
    this.seen = source.read();
    this.good =
        switch (loader.load(seen)) {
          case Loaded.Good loaded -> loaded.set();
          case Loaded.Bad bad -> throw new StartException(String.join("\n", bad.problems()));
        };
    source.accepted();
  }

  /**
   * Loads the policy once; {@link #watch} keeps it up to date.
   *
   * @param environment whose values the files take
   * @param objections what else speaks against a set that compiles; empty for nothing
   * @param tests runs the tests of a folder that has some
   * @throws StartException where the set is refused: all problems, one a line
   */
  static PolicyReloader load(
      PolicySource source,
      String environment,
      Function<PolicyCompiler.Compiled, List<String>> objections,
      PolicyTests tests)
      throws StartException {
    return new PolicyReloader(
        source, new PolicyLoader(source.name(), environment, objections, tests));
  }

  /** The newest good set. */
  synchronized PolicyCompiler.Compiled set() {
    return good;
  }

  /** Tells a listener of every later good set. */
  synchronized void tell(Consumer<PolicyCompiler.Compiled> later) {
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
      switch (loader.load(now)) {
        case Loaded.Good loaded -> {
          good = loaded.set();
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

  @Override
  public void close() {
    thread.shutdownNow();
    source.close();
  }
}
