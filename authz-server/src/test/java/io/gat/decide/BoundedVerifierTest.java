package io.gat.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.TrustedKeys;
import io.gat.token.Place;
import io.gat.token.TokenVerifier;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BoundedVerifierTest {
  private static final TrustedKeys KEYS = TrustedKeys.none();
  private static final Instant NOW = Instant.EPOCH;

  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Queue<String> begun = new ConcurrentLinkedQueue<>();

  /** Takes as long as the test wants. */
  private final TokenVerifier slow =
      (compact, place, keys, now) -> {
        begun.add(compact);
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new IllegalStateException(compact);
      };

  private Verification verify(BoundedVerifier bounded, String token) {
    return bounded.verify(token, Place.AUTHORIZATION, KEYS, NOW);
  }

  private Thread start(BoundedVerifier bounded, String token) throws InterruptedException {
    Thread thread =
        Thread.ofVirtual()
            .start(() -> assertThrows(IllegalStateException.class, () -> verify(bounded, token)));
    while (!begun.contains(token) && thread.getState() != Thread.State.WAITING) {
      thread.join(Duration.ofMillis(1));
    }
    return thread;
  }

  @Test
  void turnsAwayWhoFindsTooManyWaitingAndForgetsNobodyElse() throws InterruptedException {
    BoundedVerifier bounded = new BoundedVerifier(slow, 2, 3);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      threads.add(start(bounded, "t" + i));
    }
    assertEquals(List.of("t0", "t1"), List.copyOf(begun));
    assertThrows(NoRoomException.class, () -> verify(bounded, "one too many"));

    goOn.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of("t0", "t1", "t2", "t3", "t4"), begun.stream().sorted().toList());
    // Every turn came back, also of those whose verification failed.
    for (int i = 0; i < 10; i++) {
      assertThrows(IllegalStateException.class, () -> verify(bounded, "later"));
    }
  }

  @Test
  void nobodyWaitsWhereNobodyMay() throws InterruptedException {
    BoundedVerifier bounded = new BoundedVerifier(slow, 1, 0);
    Thread first = start(bounded, "t0");
    assertThrows(NoRoomException.class, () -> verify(bounded, "t1"));
    goOn.countDown();
    first.join();
    assertTrue(begun.contains("t0"));
  }
}
