package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Reason;
import io.gat.decide.WhenStale;
import io.gat.reference.ReferenceDecider.Call;
import io.gat.reference.ReferenceDecider.ServiceSpec;
import io.gat.reference.ReferenceDecider.World;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The real decider and the reference agree on every decision, over random worlds. */
final class AgreementTest {
  private static final int WORLDS = 200;
  private static final int CALLS = 40;

  private final RealParts parts = new RealParts();

  @Test
  void agreesWithTheReferenceOnEveryDecision() {
    Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
    for (long seed = 0; seed < WORLDS; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      compareInOneWorld(seed, random, seen);
    }
    for (Reason reason : Reason.values()) {
      switch (reason) {
        case KEYS_UNAVAILABLE, OVERLOADED, INTERNAL_ERROR, REPLAYED -> {}
        default ->
            assertTrue(
                seen.getOrDefault(reason, 0) >= 10,
                "too few decisions with " + reason + " for a comparison: " + seen);
      }
    }
  }

  private void compareInOneWorld(long seed, RandomGenerator random, Map<Reason, Integer> seen) {
    RandomWorlds worlds = new RandomWorlds(random);
    List<ServiceSpec> services = worlds.services();
    World world = parts.world(worlds, random, services);
    ReferenceDecider reference = new ReferenceDecider(world);
    Decider decider =
        new Decider(
            new LiveSnapshot(parts.snapshot(world)),
            parts.verifier(),
            new CaffeineDecisionCache(10_000, 10_000, InstantSource.fixed(RealParts.NOW)),
            KeyRefresher.none(),
            () -> RealParts.MOMENT,
            world.pin(),
            WhenStale.ERROR);
    for (int i = 0; i < CALLS; i++) {
      ServiceSpec service = worlds.pick(services);
      String token = parts.tokens.token(random, RealParts.NOW, service.audiences().getFirst());
      Call call = worlds.call(service, RealParts.credentials(random, token));
      String expected = reference.decide(call);
      // Twice: the second time from the cache.
      for (int time = 0; time < 2; time++) {
        Reason actual = decider.decide(RealParts.request(call)).reason();
        seen.merge(actual, 1, Integer::sum);
        assertEquals(
            expected,
            actual.code(),
            () ->
                "seed "
                    + seed
                    + "\n"
                    + RandomWorlds.yaml(services)
                    + "\npin "
                    + world.pin()
                    + "\n"
                    + call
                    + "\n"
                    + token);
      }
    }
  }
}
