package io.gat.server;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.server.PolicyLoader.Loaded;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the configured candidate equal to its files, as {@link PolicyReloader} does with the
 * running policy. What is refused is told, and then nothing is judged by: the counts of an older
 * candidate would be read as those of the newer one. Nothing else ever depends on it, not even a
 * start.
 */
final class CandidateReloader implements AutoCloseable {
  private static final Logger LOG = System.getLogger(CandidateReloader.class.getName());

  private final PolicySource source;
  private final PolicyLoader loader;
  private final Consumer<Optional<PolicyCompiler.Compiled>> listener;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gat-candidate-reload").daemon().factory());
  private PolicyFiles.@Nullable WithTests seen;

  /**
   * A reloader that has not looked yet.
   *
   * @param listener is told of each set that may be judged by, and of each refusal with nothing
   */
  CandidateReloader(
      PolicySource source,
      PolicyLoader loader,
      Consumer<Optional<PolicyCompiler.Compiled>> listener) {
    this.source = source;
    this.loader = loader;
    this.listener = listener;
  }

  /** Looks at the files at once and again and again, until {@link #close}. */
  void watch() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, 0, PolicyReloader.INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Reads the files, and tells what has become of them if they have changed. */
  synchronized void look() {
    try {
      PolicyFiles.WithTests now = source.read();
      if (now.equals(seen)) {
        return;
      }
      seen = now;
      switch (loader.load(now)) {
        case Loaded.Good loaded -> {
          listener.accept(Optional.of(loaded.set()));
          source.accepted();
        }
        case Loaded.Bad bad -> refused(String.join("; ", bad.problems()));
      }
    } catch (RuntimeException e) {
      refused(e.toString());
    }
  }

  private void refused(String why) {
    LOG.log(
        Level.ERROR,
        "candidate {0} refused: nothing is judged by it, and nothing else changes: {1}",
        source.name(),
        why);
    listener.accept(Optional.empty());
  }

  @Override
  public void close() {
    thread.shutdownNow();
    source.close();
  }
}
