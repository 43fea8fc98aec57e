package io.gat.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What a server does with ten times the calls that it can answer. It measures, in this order: how
 * many it can answer (always as many calls in flight as given), how fast it answers half as many,
 * what becomes of ten times as many, and whether half as many fare as before right afterwards.
 *
 * <p>Like Envoy it has a limit of its own for calls in flight (Envoy's circuit breaker, 1,024), and
 * gives up a call after its timeout.
 */
public final class OverloadCalls {
  private static final int CONNECTIONS = 4;
  private static final int MOST_IN_FLIGHT = 1_024;
  private static final int CLOSED_LOOP = 32;
  private static final int PARTS = 3;

  private final long pid;
  private final Duration timeout;
  private final List<byte[]> messages;
  private final List<CheckCaller> callers = new ArrayList<>();
  private volatile Tally tally = new Tally(System.nanoTime());

  private OverloadCalls(Path socket, long pid, Duration timeout, List<byte[]> messages)
      throws IOException {
    this.pid = pid;
    this.timeout = timeout;
    this.messages = messages;
    for (int i = 0; i < CONNECTIONS; i++) {
      callers.add(new CheckCaller(socket, timeout, new Now()));
    }
  }

  /** Tells the tally of the phase that is going on. */
  private final class Now implements CheckCaller.Listener {
    @Override
    public void decided(long due) {
      tally.decided(due);
    }

    @Override
    public void refused(long due) {
      tally.refused(due);
    }

    @Override
    public void lost() {
      tally.lost();
    }
  }

  /**
   * {@code SOCKET PID TIMEOUT_MS TOKENS WARM_S SECONDS HOLD_COMMAND}: prints a line for each phase.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 7) {
      System.err.println("Usage: OverloadCalls SOCKET PID TIMEOUT_MS TOKENS WARM_S SECONDS HOLD");
      System.exit(2);
    }
    List<byte[]> messages =
        Files.readAllLines(Path.of(args[3])).stream().map(EnvoyMessage::withToken).toList();
    OverloadCalls calls =
        new OverloadCalls(
            Path.of(args[0]),
            Long.parseLong(args[1]),
            Duration.ofMillis(Long.parseLong(args[2])),
            messages);
    Duration warm = Duration.ofSeconds(Long.parseLong(args[4]));
    Duration full = Duration.ofSeconds(Long.parseLong(args[5]));
    calls.closed("warm-up, not held", warm);
    int exit = new ProcessBuilder("sh", "-c", args[6]).inheritIO().start().waitFor();
    if (exit != 0) {
      System.err.println("perf: the server cannot be held");
      System.exit(2);
    }
    calls.closed("settling", Duration.ofSeconds(3));
    double capacity = calls.closed("capacity", Duration.ofSeconds(10)).goodPerSecond();
    Result half = calls.open("half load", capacity / 2, Duration.ofSeconds(10));
    Duration part = full.dividedBy(PARTS);
    double good = 0;
    double p99 = 0;
    for (int i = 1; i <= PARTS; i++) {
      Result over = calls.open("10 × capacity, " + i + " of " + PARTS, capacity * 10, part);
      good += over.goodPerSecond() / PARTS;
      p99 = Math.max(p99, over.p99());
    }
    calls.open("half load, first second after", capacity / 2, Duration.ofSeconds(1));
    Result after = calls.open("half load, next 5 s", capacity / 2, Duration.ofSeconds(5));
    System.out.printf(
        "SUMMARY %.0f %.3f %.2f %.2f%n",
        capacity, good / capacity, p99 / half.p99(), after.p99() / half.p99());
    System.exit(0);
  }

  private record Result(double goodPerSecond, double p99) {}

  /** As many calls in flight as given, all the time. */
  private Result closed(String name, Duration time) throws IOException {
    long start = System.nanoTime();
    tally = new Tally(start);
    int next = 0;
    int late = 0;
    while (System.nanoTime() - start < time.toNanos()) {
      for (CheckCaller caller : callers) {
        while (caller.inFlight() < CLOSED_LOOP / CONNECTIONS
            && caller.call(messages.get(next % messages.size()), System.nanoTime())) {
          next++;
        }
        caller.send();
      }
      LockSupport.parkNanos(100_000);
    }
    return report(name, System.nanoTime() - start, next, 0, late);
  }

  /** Calls at a fixed rate, whatever becomes of them. */
  private Result open(String name, double rate, Duration time) throws IOException {
    long start = System.nanoTime();
    tally = new Tally(start);
    long made = 0;
    int kept = 0;
    int late = 0;
    for (long now = start; now - start < time.toNanos(); now = System.nanoTime()) {
      long wanted = (long) ((now - start) / 1e9 * rate);
      for (; made < wanted; made++) {
        CheckCaller caller = callers.get((int) (made % CONNECTIONS));
        byte[] message = messages.get((int) (made % messages.size()));
        long due = start + (long) ((made + 1) / rate * 1e9);
        if (caller.inFlight() >= MOST_IN_FLIGHT / CONNECTIONS || !caller.call(message, due)) {
          kept++;
        }
      }
      for (CheckCaller caller : callers) {
        late += caller.giveUp(now - timeout.toNanos());
        caller.send();
      }
      LockSupport.parkNanos(200_000);
    }
    return report(name, System.nanoTime() - start, made, kept, late);
  }

  private Result report(String name, long nanos, long offered, int kept, int late)
      throws IOException {
    double seconds = nanos / 1e9;
    long[] good = tally.sorted();
    if (good.length == 0) {
      System.err.println("perf: no call was answered in the phase: " + name);
      System.exit(1);
    }
    double p50 = Tally.percentile(good, 50);
    double p99 = Tally.percentile(good, 99);
    System.out.printf(
        "PHASE %s|%.0f|%.0f|%.0f|%.0f|%.0f|%d|%.1f|%.1f|%d%n",
        name,
        offered / seconds,
        good.length / seconds,
        tally.refused() / seconds,
        late / seconds,
        kept / seconds,
        tally.timesLost(),
        p50,
        p99,
        residentMegabytes());
    return new Result(good.length / seconds, p99);
  }

  private long residentMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_024)
        .findFirst()
        .orElse(0);
  }
}
