package io.gat.keys.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.life.KeyLifeSimulation.Broken;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No interleaving of rotation, canary, retirement, emergency, and issuers that come and go makes a
 * validator refuse a live token or accept one past its key's end.
 */
final class KeyLifePropertyTest {
  private static final int SEEDS = 1_000;

  /** Faults are what this is about; nobody wants a line for each. */
  private static final Logger LOGGER = Logger.getLogger("io.gat.keys.life");

  @BeforeAll
  static void quiet() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOGGER.setLevel(null);
  }

  @Test
  void validatorNeverRefusesLiveTokenNorAcceptsOnePastItsKeysEnd() {
    Map<String, Integer> seen = new TreeMap<>();
    long happened = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      KeyLifeSimulation simulation = new KeyLifeSimulation(seed, Broken.NONE);
      assertEquals(Optional.empty(), simulation.run(), "seed " + seed);
      simulation.seen.forEach((what, count) -> seen.merge(what, count, Integer::sum));
      happened += simulation.happened();
    }
    for (String what :
        new String[] {
          "minted by NEEDED",
          "minted by NOT_NEEDED",
          "no key",
          "emergency",
          "crashed",
          "joined",
          "stepped"
        }) {
      assertTrue(seen.getOrDefault(what, 0) > SEEDS / 10, what + " in " + seen);
    }
    assertTrue(happened > 10L * SEEDS, "records: " + happened);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findsEveryBrokenRule(Broken rule) {
    Optional<String> found = Optional.empty();
    for (long seed = 0; seed < SEEDS && found.isEmpty(); seed++) {
      found = new KeyLifeSimulation(seed, rule).run();
    }
    assertTrue(found.isPresent(), rule + " is not noticed");
  }
}
