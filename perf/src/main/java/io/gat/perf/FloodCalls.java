package io.gat.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a flood of bad tokens, each another one, does to good calls whose tokens are cached: it
 * measures the good calls alone, how many bad ones the server can answer, the good calls beside
 * twice as many bad ones, and which good tokens are still cached afterwards.
 */
public final class FloodCalls {
  private static final int FLOODERS = 4;
  private static final String MARK = "0123456789abcdef";
  private static final byte[] HEX = MARK.getBytes(StandardCharsets.US_ASCII);
  private static final int NUMBER_DIGITS = MARK.length();
  private static final int MOST_IN_FLIGHT = 256;
  private static final int CLOSED_LOOP = 8;
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final Duration STEP = Duration.ofNanos(200_000);

  private final List<byte[]> good;
  private final byte[] model;
  private final int numberAt;
  private final double rate;
  private final CheckCaller caller;
  private final List<CheckCaller> flood = new ArrayList<>();
  private volatile Tally goodTally = new Tally(System.nanoTime());
  private volatile Tally badTally = new Tally(System.nanoTime());
  private long forged;

  private FloodCalls(Path socket, List<String> tokens, double rate) throws IOException {
    this.good = tokens.stream().map(EnvoyMessage::withToken).toList();
    String token = tokens.getFirst();
    int end = token.length() - 4;
    String marked = token.substring(0, end - NUMBER_DIGITS) + MARK + token.substring(end);
    this.model = EnvoyMessage.withToken(marked);
    this.numberAt = new String(model, StandardCharsets.ISO_8859_1).indexOf(MARK);
    this.rate = rate;
    this.caller = new CheckCaller(socket, TIMEOUT, new Now(Kind.GOOD));
    for (int i = 0; i < FLOODERS; i++) {
      flood.add(new CheckCaller(socket, TIMEOUT, new Now(Kind.BAD)));
    }
  }

  private enum Kind {
    GOOD,
    BAD
  }

  /** Tells the tally of the phase that is going on. */
  private final class Now implements CheckCaller.Listener {
    private final Kind kind;

    Now(Kind kind) {
      this.kind = kind;
    }

    private Tally tally() {
      return switch (kind) {
        case GOOD -> goodTally;
        case BAD -> badTally;
      };
    }

    @Override
    public void decided(long due) {
      tally().decided(due);
    }

    @Override
    public void refused(long due) {
      tally().refused(due);
    }

    @Override
    public void lost() {
      tally().lost();
    }
  }

  /** {@code SOCKET METRICS_URL TOKENS RATE SECONDS}: prints a line a phase, and a summary. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 5) {
      System.err.println("Usage: FloodCalls SOCKET METRICS_URL TOKENS RATE SECONDS");
      System.exit(2);
    }
    FloodCalls calls =
        new FloodCalls(
            Path.of(args[0]), Files.readAllLines(Path.of(args[2])), Double.parseDouble(args[3]));
    Duration time = Duration.ofSeconds(Long.parseLong(args[4]));
    calls.run("warm-up", 0, Duration.ofSeconds(5));
    calls.closed(Duration.ofSeconds(5));
    double normal = calls.run("good calls alone", 0, time);
    double capacity = calls.closed(Duration.ofSeconds(5));
    double flooded = calls.run("beside twice as many bad tokens", 2 * capacity, time);
    double after = calls.run("afterwards", 0, Duration.ofSeconds(5));
    URI metrics = URI.create(args[1]);
    double before = misses(metrics);
    calls.each();
    double evicted = misses(metrics) - before;
    System.out.printf(
        "SUMMARY %.0f %.2f %.2f %.0f%n", capacity, flooded / normal, after / normal, evicted);
    System.exit(0);
  }

  /** The next bad check: a good one whose signature has another number in it. */
  private byte[] bad() {
    byte[] message = model.clone();
    long number = forged++;
    for (int i = 0; i < NUMBER_DIGITS; i++) {
      message[numberAt + i] = HEX[(int) (number >>> (4 * (NUMBER_DIGITS - 1 - i)) & 15)];
    }
    return message;
  }

  /**
   * Good calls at their rate and, from another thread, bad ones; the p99 of the good ones in ms.
   */
  private double run(String name, double badRate, Duration time)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    goodTally = new Tally(start);
    badTally = new Tally(start);
    AtomicLong attacks = new AtomicLong();
    Thread flooder =
        Thread.ofPlatform().name("flooder").start(() -> flood(start, badRate, time, attacks));
    long made = 0;
    long kept = 0;
    for (long now = start; now - start < time.toNanos(); now = System.nanoTime()) {
      long wanted = (long) ((now - start) / 1e9 * rate);
      for (; made < wanted; made++) {
        long due = start + (long) ((made + 1) / rate * 1e9);
        if (!caller.call(good.get((int) (made % good.size())), due)) {
          kept++;
        }
      }
      caller.giveUp(now - TIMEOUT.toNanos());
      caller.send();
      LockSupport.parkNanos(STEP.toNanos());
    }
    flooder.join();
    double seconds = (System.nanoTime() - start) / 1e9;
    long[] sorted = goodTally.sorted();
    if (sorted.length == 0) {
      System.err.println("perf: no good call was answered in the phase: " + name);
      System.exit(1);
    }
    double p99 = Tally.percentile(sorted, 99);
    System.out.printf(
        "PHASE %s|%.0f|%.0f|%.2f|%.2f|%d|%.0f|%.0f|%.0f%n",
        name,
        made / seconds,
        sorted.length / seconds,
        Tally.percentile(sorted, 50),
        p99,
        goodTally.refused() + kept,
        attacks.get() / seconds,
        badTally.sorted().length / seconds,
        badTally.refused() / seconds);
    return p99;
  }

  private void flood(long start, double rate, Duration time, AtomicLong attacks) {
    if (rate == 0) {
      return;
    }
    try {
      for (long now = start; now - start < time.toNanos(); now = System.nanoTime()) {
        long wanted = (long) ((now - start) / 1e9 * rate);
        while (attacks.get() < wanted) {
          CheckCaller one = flood.get((int) (attacks.getAndIncrement() % FLOODERS));
          if (one.inFlight() < MOST_IN_FLIGHT) {
            one.call(bad(), System.nanoTime());
          }
        }
        for (CheckCaller one : flood) {
          one.giveUp(now - TIMEOUT.toNanos());
          one.send();
        }
        LockSupport.parkNanos(STEP.toNanos());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Always as many bad tokens in flight as given: how many the server answers a second. */
  private double closed(Duration time) throws IOException {
    long start = System.nanoTime();
    badTally = new Tally(start);
    while (System.nanoTime() - start < time.toNanos()) {
      for (CheckCaller one : flood) {
        while (one.inFlight() < CLOSED_LOOP && one.call(bad(), System.nanoTime())) {}
        one.send();
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
    return badTally.sorted().length / ((System.nanoTime() - start) / 1e9);
  }

  /** Calls once with each good token. */
  private void each() throws IOException {
    for (byte[] message : good) {
      while (caller.inFlight() > CLOSED_LOOP || !caller.call(message, System.nanoTime())) {
        LockSupport.parkNanos(STEP.toNanos());
      }
      caller.send();
    }
    while (caller.inFlight() > 0) {
      LockSupport.parkNanos(STEP.toNanos());
    }
  }

  /** How often a token was not in the cache so far. */
  private static double misses(URI metrics) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith("gat_cache_lookups_total") && line.contains("miss"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }
}
