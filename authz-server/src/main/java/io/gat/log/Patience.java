package io.gat.log;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How long a request waits for the log: a log that hangs must not take all places with it. */
public final class Patience {
  /** What is said of a log that keeps its peace. */
  public static final String SILENT = "no answer from the log";

  private static final Duration LOG = Duration.ofSeconds(5);

  private Patience() {}

  /** What it completes with in time; empty where nobody knows. */
  public static <T> Optional<T> await(CompletableFuture<T> future) {
    try {
      return Optional.of(future.get(LOG.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }
}
