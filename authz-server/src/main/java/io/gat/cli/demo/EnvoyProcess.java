package io.gat.cli.demo;

import io.gat.cli.UnusableInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A running Envoy. It is started from a thread that lives as long as it does: the Envoy of the
 * Python wheel asks the kernel to be killed when the thread that started it ends, which also means
 * that it never outlives this process.
 */
final class EnvoyProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Process process;
  private final Thread keeper;
  private final Path log;

  private EnvoyProcess(Process process, Thread keeper, Path log) {
    this.process = process;
    this.keeper = keeper;
    this.log = log;
  }

  /**
   * Starts an Envoy.
   *
   * @param binary the program
   * @param config its configuration
   * @param log where its output goes
   * @throws UnusableInput where the program does not run
   */
  static EnvoyProcess start(Path binary, Path config, Path log) throws InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    Thread keeper =
        Thread.ofPlatform()
            .name("gat-demo-envoy")
            .daemon()
            .start(
                () -> {
                  try {
                    Process process =
                        new ProcessBuilder(command(binary, config))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
                    started.complete(process);
                    process.waitFor();
                  } catch (IOException e) {
                    started.completeExceptionally(e);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    try {
      return new EnvoyProcess(started.get(), keeper, log);
    } catch (ExecutionException e) {
      throw new UnusableInput(
          "Envoy cannot be started from " + binary + "; set GAT_ENVOY to an Envoy that runs here");
    }
  }

  private static List<String> command(Path binary, Path config) {
    return List.of(
        binary.toString(),
        "--config-path",
        config.toString(),
        "--disable-hot-restart",
        "--concurrency",
        "1",
        "--log-level",
        "warning");
  }

  /**
   * Returns when Envoy serves.
   *
   * @param admin its admin address
   * @throws UnusableInput where it does not come to that: one line with its last words
   */
  void awaitReady(HttpClient client, URI admin) throws InterruptedException {
    HttpRequest ready = HttpRequest.newBuilder(admin.resolve("/ready")).timeout(START).build();
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline) {
      if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UnusableInput("Envoy ended at once; its last words: " + lastLine());
      }
      try {
        if (client.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not listening yet
      }
    }
    throw new UnusableInput("Envoy is not ready after 20 s; its last words: " + lastLine());
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "none" : lines.getLast();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Completes when Envoy ends. */
  CompletableFuture<Process> ended() {
    return process.onExit();
  }

  /** Ends Envoy, in the hard way where it does not go by itself. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      keeper.join(STOP);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
