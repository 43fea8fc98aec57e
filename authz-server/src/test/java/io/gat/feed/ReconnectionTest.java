package io.gat.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When servers come back, by a clock of the test: how many in which moment. */
final class ReconnectionTest {
  private static final int SERVERS = 2_000;
  private static final int SLOT_MILLIS = 50;

  /** Servers that lose their one issuer at 0, and whose attempts fail until it is back. */
  private static NavigableMap<Integer, Integer> attempts(Duration away, long seed) {
    NavigableMap<Integer, Integer> slots = new TreeMap<>();
    Random random = new Random(seed);
    for (int i = 0; i < SERVERS; i++) {
      Reconnection one = new Reconnection(1, random);
      Duration at = one.afterProved();
      while (true) {
        slots.merge((int) (at.toMillis() / SLOT_MILLIS), 1, Integer::sum);
        if (at.compareTo(away) >= 0) {
          break;
        }
        at = at.plus(one.afterFailure());
      }
    }
    return slots;
  }

  /**
   * After a restart of whatever length no 50 ms get more than a few hundred of 2,000 servers, and
   * all are back 3 s after it.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 300, 1_000, 2_000, 5_000, 30_000, 300_000})
  void serversComeBackOneByOne(int awayMillis) {
    Duration away = Duration.ofMillis(awayMillis);
    for (long seed = 1; seed <= 5; seed++) {
      NavigableMap<Integer, Integer> slots = attempts(away, seed);
      int back = awayMillis / SLOT_MILLIS;
      int most =
          slots.tailMap(back, true).values().stream().mapToInt(Integer::intValue).max().orElse(0);
      assertTrue(most <= 350, () -> "at once, after " + away + ": " + slots.tailMap(back, true));
      assertTrue(
          slots.lastKey() * SLOT_MILLIS <= awayMillis + 3_000,
          () -> "the last comes at " + slots.lastKey() * SLOT_MILLIS + " ms");
      assertTrue(
          slots.tailMap(back, true).values().stream().mapToInt(Integer::intValue).sum() >= SERVERS);
    }
  }

  /** While it is away: a server asks less and less often, down to once in 1.5 to 3 s. */
  @Test
  void asksLessAndLessOftenWhileNobodyAnswers() {
    Reconnection one = new Reconnection(1, new Random(7));
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      pauses.add(one.afterFailure());
    }
    Duration expected = Duration.ofMillis(500);
    for (Duration pause : pauses) {
      assertTrue(pause.compareTo(expected.dividedBy(2)) >= 0, pause + " of " + expected);
      assertTrue(pause.compareTo(expected) <= 0, pause + " of " + expected);
      Duration twice = expected.multipliedBy(2);
      expected = twice.compareTo(Duration.ofSeconds(3)) < 0 ? twice : Duration.ofSeconds(3);
    }
    assertTrue(pauses.stream().distinct().count() > 30, "by chance");
  }

  /** Fail-over is under a second: the loss, and as many dead issuers as there may be before it. */
  @Test
  void asksTheOtherIssuersSoon() {
    for (long seed = 0; seed < 200; seed++) {
      Reconnection one = new Reconnection(3, new Random(seed));
      Duration until = one.afterProved().plus(one.afterFailure()).plus(one.afterFailure());
      assertTrue(until.compareTo(Duration.ofSeconds(1)) < 0, until::toString);
      Duration round = one.afterFailure();
      assertTrue(round.compareTo(Duration.ofMillis(250)) >= 0, round::toString);
    }
  }

  @Test
  void aProofEndsThePauses() {
    Reconnection one = new Reconnection(1, new Random(1));
    for (int i = 0; i < 10; i++) {
      one.afterFailure();
    }
    assertTrue(one.afterFailure().compareTo(Duration.ofMillis(1_500)) >= 0);
    assertTrue(one.afterProved().compareTo(Duration.ofSeconds(1)) <= 0);
    assertTrue(one.afterFailure().compareTo(Duration.ofMillis(500)) <= 0);
  }

  /** The chance is even: a slot of the half second gets its tenth, give or take. */
  @Test
  void spreadsALossEvenly() {
    int[] slots = new int[10];
    Random random = new Random(11);
    for (int i = 0; i < SERVERS; i++) {
      slots[(int) Math.min(9, new Reconnection(2, random).afterProved().toMillis() / 50)]++;
    }
    assertTrue(Arrays.stream(slots).allMatch(n -> n > 140 && n < 260), Arrays.toString(slots));
    assertEquals(SERVERS, Arrays.stream(slots).sum());
  }
}
