package io.gat.promise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One {@code gat serve}, as often as it is started: a JVM of its own, with a wall clock of its own
 * where libfaketime is installed.
 */
final class GatProcess implements AutoCloseable {
  /** Where Debian, Fedora and Arch keep the one for programs with threads. */
  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));

  private final String name;
  private final Setup setup;
  private final Path clock;
  private final Thread lastResort;
  private @Nullable Process process;
  private CompletableFuture<Void> ready = new CompletableFuture<>();
  private boolean meantToEnd = true;

  /**
   * How to start it.
   *
   * @param folder for its clock and what it says
   * @param enter the command that runs another one where the process shall live; empty for here
   * @param inFront classes that take precedence over those under test
   */
  record Setup(Path folder, Path config, List<String> enter, Optional<Path> inFront) {
    Setup {
      enter = List.copyOf(enter);
    }
  }

  GatProcess(String name, Setup setup) {
    this.name = name;
    this.setup = setup;
    this.clock = setup.folder().resolve(name + ".clock");
    // Where the tests are stopped from outside, nothing may go on.
    this.lastResort = new Thread(this::kill);
    Runtime.getRuntime().addShutdownHook(lastResort);
    step(Duration.ZERO);
  }

  /** The library by which a process gets a clock of its own; a test run without it fails. */
  static Path faketime() {
    return FAKETIME.stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "libfaketime is not installed, and the promise is tested with clocks that are"
                        + " really stepped: apt-get install faketime"));
  }

  String name() {
    return name;
  }

  /** What it said on stderr, without its decision records. */
  Path said() {
    return setup.folder().resolve(name + ".said");
  }

  /** Starts it; it must not run. */
  synchronized void start() {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(name + " runs");
    }
    List<String> command = new ArrayList<>(setup.enter());
    String classPath = System.getProperty("java.class.path");
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx192m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            setup.inFront().map(front -> front + ":" + classPath).orElse(classPath),
            Main.class.getName(),
            "serve",
            "--config",
            setup.config().toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "LD_PRELOAD", faketime().toString(),
                "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                // With it, every wait of a JVM ends at once, and its threads spin.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "NO_FAKE_STAT", "1"));
    try {
      Process started = builder.start();
      CompletableFuture<Void> told = new CompletableFuture<>();
      process = started;
      ready = told;
      meantToEnd = false;
      Thread.ofVirtual().start(() -> listen(started.getInputStream(), told));
      Thread.ofVirtual().start(() -> keep(started.getErrorStream()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void listen(InputStream out, CompletableFuture<Void> told) {
    try (BufferedReader lines = reader(out)) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith("gat is ready")) {
          told.complete(null);
        }
      }
      told.completeExceptionally(new IOException("it has ended"));
    } catch (IOException e) {
      told.completeExceptionally(e);
    }
  }

  private void keep(InputStream err) {
    try (BufferedReader lines = reader(err);
        PrintWriter to =
            new PrintWriter(
                Files.newBufferedWriter(
                    said(), StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (!line.startsWith("{")) {
          to.println(line);
          to.flush();
        }
      }
    } catch (IOException e) {
      // The process has ended in the middle of a line.
    }
  }

  private static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** Waits until it says that it is ready; false where it ends before. */
  boolean awaitReady(Duration most) throws InterruptedException {
    CompletableFuture<Void> told;
    synchronized (this) {
      told = ready;
    }
    try {
      told.get(most.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (TimeoutException e) {
      throw new AssertionError(name + " is not ready after " + most + "; see " + said(), e);
    }
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** It ended, and nobody had killed it. */
  synchronized boolean endedByItself() {
    return process != null && !process.isAlive() && !meantToEnd;
  }

  /** SIGKILL, also while it is paused; returns once it has ended. */
  void kill() {
    Process running;
    synchronized (this) {
      meantToEnd = true;
      running = process;
    }
    if (running != null) {
      running.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
      sweep(running.pid());
    }
  }

  /** What libfaketime leaves of a killed process would stop a later one of the same number. */
  private static void sweep(long pid) {
    for (String name : List.of("faketime_shm_", "sem.faketime_sem_")) {
      try {
        Files.deleteIfExists(Path.of("/dev/shm", name + pid));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** SIGSTOP: its threads stand still, its sockets stay. */
  void pause() {
    signal("-STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("-CONT");
  }

  private void signal(String which) {
    long pid;
    synchronized (this) {
      if (process == null || !process.isAlive()) {
        return;
      }
      pid = process.pid();
    }
    try {
      int code = new ProcessBuilder("kill", which, Long.toString(pid)).start().waitFor();
      assertEquals(0, code, () -> "kill " + which + " of " + name);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sets its wall clock to so much beside the machine's, within a second. */
  void step(Duration offset) {
    String seconds = (offset.isNegative() ? "-" : "+") + offset.abs().toSeconds();
    try {
      // Replaced as a whole: the process reads it at any time.
      Path next = Files.writeString(clock.resolveSibling(name + ".clock.next"), seconds + "\n");
      Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }
}
