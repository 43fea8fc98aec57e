package io.gat.promise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Many long runs, by hand: {@code mvn -Psoak -pl authz-server -am test}. {@code
 * -Dgat.promise.runs=N}, by default 20, of {@code -Dgat.promise.seconds=N}, by default 180, with
 * seeds from {@code -Dgat.promise.seed=N} on. What each has found is printed and kept in {@code
 * target/promise/soak.txt}.
 */
final class PromiseSoak {
  private static final long FIRST_SEED =
      Long.getLong("gat.promise.seed", ThreadLocalRandom.current().nextInt(1_000_000));
  private static final int RUNS = Integer.getInteger("gat.promise.runs", 20);
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("gat.promise.seconds", 180));

  @Test
  void keepsThePromiseInEachRun() throws Exception {
    List<String> violations = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      long seed = FIRST_SEED + run;
      Path folder = RunFolder.fresh("soak-" + seed);
      PromiseRun.Report report = new PromiseRun(seed, TIME, folder).run();
      System.out.println("promise: " + report);
      Files.writeString(
          folder.resolveSibling("soak.txt"),
          report + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      report.violations().forEach(violation -> violations.add("seed " + seed + ": " + violation));
      PromiseTest.assertMeaningful(report);
      if (report.violations().isEmpty()) {
        RunFolder.delete(folder);
      }
    }
    assertEquals(List.of(), violations);
  }
}
