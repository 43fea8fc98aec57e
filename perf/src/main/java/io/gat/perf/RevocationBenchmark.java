package io.gat.perf;

import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whether one of 4,096 valid tokens is revoked, each with seven selectors to look up, in a set of
 * none and of a million; the goal is 150 ns a look-up and 40 MB ({@code main} counts the bytes).
 *
 * <p>Not final: JMH makes subclasses of a state.
 */
@State(Scope.Benchmark)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RevocationBenchmark {
  private static final int TOKENS = 4096;
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  @Param({"0", "1000000"})
  public int entries;

  private RevocationSet set = RevocationSet.empty();
  private final Revocable[] tokens = new Revocable[TOKENS];
  private int next;

  @Setup
  public void fill() {
    Random random = new Random(1);
    set = set(entries, random);
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] =
          new Revocable(
              "https://gat.example",
              id(random),
              id(random),
              "subject-" + i,
              "client-" + i % 16,
              List.of("orders"),
              "kid",
              NOW);
    }
  }

  @Benchmark
  public boolean validToken() {
    return set.revokes(tokens[next++ & (TOKENS - 1)]);
  }

  private static RevocationSet set(int entries, Random random) {
    List<Revocation> all = new ArrayList<>(entries);
    for (int i = 0; i < entries; i++) {
      all.add(
          new Revocation(
              new Selector.ByTokenId(id(random)), "https://gat.example", NOW, Reach.ISSUED_BEFORE));
    }
    return RevocationSet.of(all, LEEWAY);
  }

  private static String id(Random random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Prints how many bytes of heap a set of a million takes. */
  public static void main(String[] args) throws InterruptedException {
    long before = used();
    RevocationSet set = set(1_000_000, new Random(1));
    long after = used();
    System.out.printf("%s: %.1f MB%n", set, (after - before) / 1e6);
  }

  private static long used() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
