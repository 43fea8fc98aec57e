package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** For random lives and random chance: only ever shorter, never by more than a twentieth. */
class JitterTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00.999Z");
  private static final SigningKey KEY = SigningKey.generate(Algorithm.EDDSA, CryptoProvider.best());

  private static Duration life(Duration ttl, Jitter jitter, long seed) {
    Minter minter =
        new Minter(
            "https://gat.example", KEY, InstantSource.fixed(NOW), new SplittableRandom(seed));
    MintRequest request = new MintRequest("a", List.of("s"), "x", "c", ttl, "", Map.of());
    return Duration.between(
        Instant.ofEpochSecond(NOW.getEpochSecond()), minter.mint(request, jitter, "p").expiresAt());
  }

  @Test
  void onlyEverShorter() {
    SplittableRandom random = new SplittableRandom(20261126);
    Set<Duration> ofAMinute = new HashSet<>();
    for (int i = 0; i < 3_000; i++) {
      Duration ttl =
          Duration.ofMillis(1_000 + random.nextLong(MintRequest.MAX_TTL.toMillis() - 999));
      Duration whole = Duration.ofSeconds(ttl.toSeconds());
      Duration life = life(ttl, Jitter.SHORTER, random.nextLong());
      assertTrue(life.compareTo(ttl) <= 0, ttl + " became " + life);
      assertTrue(life.isPositive(), ttl + " became " + life);
      assertTrue(
          life.compareTo(whole.minusSeconds(whole.toSeconds() / 20)) >= 0, ttl + " became " + life);
      assertEquals(whole, life(ttl, Jitter.NONE, random.nextLong()));
      ofAMinute.add(life(Duration.ofSeconds(60), Jitter.SHORTER, random.nextLong()));
    }
    assertEquals(4, ofAMinute.size(), "57 to 60 seconds: " + ofAMinute);
  }
}
