package io.gat.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bound of DESIGN.md, section 9, in a model of issuers, their log and the way between, under
 * seeded faults; and that a program with one of six mistakes does not keep it.
 */
final class FeedBoundTest {
  private static final List<Long> SEEDS = LongStream.rangeClosed(1, 16).boxed().toList();

  @Test
  void nothingRevokedIsAllowedLaterThanMaxStalenessWhateverFails() {
    long fresh = 0;
    for (long seed : SEEDS) {
      FeedWorld world = new FeedWorld(seed, FeedWorld.Mistake.NONE);
      world.run();
      assertEquals(List.of(), world.violations(), "seed " + seed);
      assertTrue(world.revoked() > 20, "seed " + seed);
      fresh += world.freshPercent();
    }
    assertTrue(fresh / SEEDS.size() > 25, "it was hardly ever fresh: " + fresh / SEEDS.size());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aMistakeBreaksTheBound(FeedWorld.Mistake mistake) {
    assertTrue(
        SEEDS.stream()
            .anyMatch(
                seed -> {
                  FeedWorld world = new FeedWorld(seed, mistake);
                  world.run();
                  return !world.violations().isEmpty();
                }));
  }
}
