package io.gat.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.issue.ruling.Throttle.Admission;
import io.gat.issue.ruling.Throttle.Limits;
import io.gat.issue.ruling.Throttle.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrincipalBucketsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Limits LIMITS =
      new Limits(new Rate(50, SECOND, 100), new Rate(5_000, SECOND, 10_000));

  private Duration uptime = Duration.ofHours(1);
  private final PrincipalBuckets buckets = new PrincipalBuckets(LIMITS, () -> uptime);

  private boolean asks(String principal) {
    return buckets.admit(principal) instanceof Admission.Now;
  }

  private int asks(String principal, int times) {
    int admitted = 0;
    for (int i = 0; i < times; i++) {
      admitted += asks(principal) ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void aBurstAndThenTheRate() {
    assertEquals(100, asks("a", 1_000));
    Admission.Later later = assertInstanceOf(Admission.Later.class, buckets.admit("a"));
    assertEquals(Duration.ofMillis(20), later.pause());
    uptime = uptime.plus(later.pause());
    assertTrue(asks("a"));
    uptime = uptime.plus(SECOND);
    assertEquals(50, asks("a", 1_000));
    assertEquals(100, asks("b", 1_000), "another has a bucket of its own");
  }

  @Test
  void allTogetherTakeNoMoreThanTheTotal() {
    int admitted = 0;
    for (int i = 0; i < 1_000; i++) {
      admitted += asks("p" + i, 100);
    }
    assertTrue(admitted <= 10_000, "admitted " + admitted);
    assertTrue(admitted >= 9_000, "admitted " + admitted);
  }

  /**
   * A storm of many principals, each far above its limit and all together far above the total, and
   * a few who ask once in a while: in a random order, for two minutes of a clock that the test
   * owns.
   */
  @Test
  void aStormStarvesNobodyWhoAsksAsUsual() {
    Random random = new Random(20261126);
    int usualAsked = 0;
    int usualAdmitted = 0;
    int stormAdmitted = 0;
    int milliseconds = 120_000;
    for (int t = 0; t < milliseconds; t += 10) {
      uptime = uptime.plusMillis(10);
      List<String> now = new ArrayList<>();
      for (int storm = 0; storm < 300; storm++) {
        if (random.nextInt(2) == 0) {
          now.add("storm-" + storm);
          now.add("storm-" + storm);
        }
      }
      for (int usual = 0; usual < 100; usual++) {
        if (random.nextInt(50) == 0) {
          now.add("usual-" + usual);
        }
      }
      Collections.shuffle(now, random);
      for (String principal : now) {
        boolean admitted = asks(principal);
        if (principal.startsWith("usual")) {
          usualAsked++;
          usualAdmitted += admitted ? 1 : 0;
        } else {
          stormAdmitted += admitted ? 1 : 0;
        }
      }
    }
    int total = 5_000 * milliseconds / 1_000 + 10_000;
    assertTrue(usualAsked > 20_000, "asked " + usualAsked);
    assertEquals(usualAsked, usualAdmitted, "who asks as usual is refused nothing");
    assertTrue(usualAdmitted + stormAdmitted <= total, "in all " + stormAdmitted);
    assertTrue(stormAdmitted > total * 8 / 10, "the storm gets what is left: " + stormAdmitted);
  }

  /** One principal alone, as fast as it can: it takes its share, and nobody else notices. */
  @Test
  void oneStormTakesItsShareAndNoMore() {
    int admitted = 0;
    for (int t = 0; t < 10_000; t++) {
      uptime = uptime.plusMillis(1);
      admitted += asks("storm", 10);
      assertTrue(t % 100 != 0 || asks("usual"));
    }
    assertTrue(admitted <= 50 * 10 + 100, "admitted " + admitted);
  }
}
