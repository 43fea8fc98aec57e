package io.gat.keys.life;

import static io.gat.keys.life.World.LEAD;
import static io.gat.keys.life.World.OPERATOR;
import static io.gat.keys.life.World.TERMS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.TokenSigner;
import io.gat.keys.life.KeyControl.When;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class RingSignerTest {
  private final World world = new World();

  /** A key's end is after the expiry of all that it has signed, however close the race. */
  @Test
  void keyEndsAfterItsLastTokenWhileManySign() throws Exception {
    KeyTerms quick =
        KeyTerms.of(Algorithm.EDDSA, Duration.ZERO, TERMS.rotateEvery(), 2, World.LEEWAY);
    SigningKeys keys = world.issuer(world.log("a"), quick);
    Map<String, Long> latest = new ConcurrentHashMap<>();
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> signing = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        signing.add(
            threads.submit(
                () -> {
                  int signed = 0;
                  for (; !stop.get(); signed++) {
                    // Each token outlives all that this thread has signed before.
                    Instant expiry =
                        world.clock.instant().plusMillis(1 + (signed * 4L + thread) % 890_000);
                    String kid =
                        keys.signer()
                            .sign("{}", "at+jwt", new TokenSigner.Facts("a", "p", expiry))
                            .kid();
                    latest.merge(kid, expiry.toEpochMilli(), Math::max);
                  }
                  return signed;
                }));
      }
      for (int i = 0; i < 100; i++) {
        keys.rotate(When.KNOWN, OPERATOR);
      }
      stop.set(true);
      for (Future<Integer> one : signing) {
        assertTrue(one.get() > 0);
      }
    }
    Set<String> retiring = new HashSet<>();
    for (KeyStatus key : keys.keys()) {
      if (key.state().equals("retiring") && latest.containsKey(key.kid())) {
        retiring.add(key.kid());
        long end = key.ends().orElseThrow().toEpochMilli();
        assertTrue(latest.get(key.kid()) + World.LEEWAY.toMillis() <= end, key.toString());
      }
    }
    assertTrue(retiring.size() > 10, retiring.size() + " keys have signed");
  }

  @Test
  void shareOfThePrincipalsIsWhatWasAskedForAndGrows() {
    Canary five = new Canary("c", Algorithm.EDDSA, 5, Set.of(), Set.of());
    Canary half = new Canary("c", Algorithm.EDDSA, 50, Set.of(), Set.of());
    Canary all = new Canary("c", Algorithm.EDDSA, 100, Set.of(), Set.of());
    int picked = 0;
    for (int i = 0; i < 20_000; i++) {
      TokenSigner.Facts facts = new TokenSigner.Facts("a", "principal-" + i, Instant.EPOCH);
      if (five.picks(facts)) {
        picked++;
        assertTrue(half.picks(facts));
      }
      assertTrue(all.picks(facts));
    }
    assertTrue(picked > 850 && picked < 1150, "5 % of 20,000: " + picked);
  }

  @Test
  void showsNothingOfItsKeys() {
    SigningKeys keys = world.issuer("a");
    assertEquals("RingSigner[a]", keys.signer().toString());
    TokenSigner.Signed signed =
        keys.signer().sign("{}", "at+jwt", new TokenSigner.Facts("a", "p", world.clock.instant()));
    assertFalse(signed.toString().contains(signed.compact()));
    world.pass(LEAD, keys);
    assertFalse(keys.ring().toString().contains("wrapped"));
    for (KeyEntry key : keys.ring().keys()) {
      assertFalse(key.toString().contains(key.wrapped().text()));
    }
  }
}
