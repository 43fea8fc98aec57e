package io.gat.promise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A minute of faults by a seed that is printed. {@code -Dgat.promise.seed=N} for the plan of
 * another run, {@code -Dgat.promise.seconds=N} for another length.
 */
final class PromiseTest {
  private static final long SEED =
      Long.getLong("gat.promise.seed", ThreadLocalRandom.current().nextInt(1_000_000));
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("gat.promise.seconds", 60));

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void keepsThePromiseWhateverFails() throws Exception {
    Path folder = RunFolder.fresh("run-" + SEED);
    System.out.println("promise: -Dgat.promise.seed=" + SEED + ", files in " + folder);
    PromiseRun.Report report = new PromiseRun(SEED, TIME, folder).run();
    System.out.println("promise: " + report);
    assertEquals(List.of(), report.violations(), "seed " + SEED + ", see " + folder);
    assertMeaningful(report);
    RunFolder.delete(folder);
  }

  /** A run in which nothing could have gone wrong proves nothing. */
  static void assertMeaningful(PromiseRun.Report report) {
    assertTrue(report.allowed() >= 1_000, "few were allowed");
    assertTrue(report.revoked() >= 200, "few were refused as revoked");
    assertTrue(report.stale() >= 50, "no authz server was stale");
    assertTrue(report.acknowledged() >= 20, "few revocations");
    report
        .faults()
        .forEach(
            (kind, times) ->
                assertTrue(
                    times > 0 || (kind.equals("FULL_DISK") && !report.smallDisk()),
                    kind + " did not happen"));
  }
}
