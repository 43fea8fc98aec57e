package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.log.LogException;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EmbeddedFeedTest {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(8);
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private final MemoryLog.Store store = new MemoryLog.Store();
  private final MemoryLog log = new MemoryLog(store, "a", InstantSource.fixed(START));
  private final Revocations registry = new Revocations(log, Duration.ofSeconds(5));
  private final List<FeedView> views = new ArrayList<>();
  private final FakeTimer timer = new FakeTimer();
  private Duration elapsed = Duration.ZERO;
  private final EmbeddedFeed feed =
      new EmbeddedFeed(registry, MAX_STALENESS, MAX_STALENESS, this::now, timer, views::add);

  /** A timer that ticks when the test says so. */
  private static final class FakeTimer implements EmbeddedFeed.Timer {
    private final List<Runnable> tasks = new ArrayList<>();
    private Duration asked = Duration.ZERO;

    @Override
    public Runnable every(Duration period, Runnable task) {
      asked = period;
      tasks.add(task);
      return () -> tasks.remove(task);
    }

    void tick() {
      List.copyOf(tasks).forEach(Runnable::run);
    }
  }

  private Moment now() {
    return new Moment(START.plus(elapsed), elapsed);
  }

  /** Its epoch. */
  private long revoke(String tokenId) {
    Revocations.Outcome outcome = registry.revoke(added(tokenId)).join();
    return outcome instanceof Revocations.Outcome.Done done ? done.epoch() : -1;
  }

  private RevocationChange.Added added(String tokenId) {
    return new RevocationChange.Added(
        registry.newId(),
        new Revocation(
            new Revocation.Selector.ByTokenId(tokenId),
            null,
            START,
            Revocation.Reach.ISSUED_BEFORE),
        "",
        "test");
  }

  private static Revocable token(String tokenId) {
    return new Revocable("iss", tokenId, "j", "s", "c", List.of("orders"), "k", START);
  }

  @AfterEach
  void end() {
    feed.close();
    registry.close();
  }

  @Test
  void publishesFreshEmptyViewAtStart() {
    feed.start();
    assertEquals(1, views.size());
    assertEquals(0, views.getFirst().epoch());
    assertTrue(views.getFirst().lease().isFresh(now()));
    assertFalse(views.getFirst().revocations().revokes(token("t1")));
  }

  @Test
  void publishesRevocationBeforeItIsAcknowledged() {
    feed.start();
    assertEquals(1, revoke("t1"));
    assertEquals(1, views.getLast().epoch());
    assertTrue(views.getLast().revocations().revokes(token("t1")));
    assertFalse(views.getLast().revocations().revokes(token("t2")));
    assertEquals(2, revoke("t2"));
    assertTrue(views.getLast().revocations().revokes(token("t1")));
    assertTrue(views.getLast().revocations().revokes(token("t2")));
  }

  @Test
  void publishesWhatWasRevokedBeforeItStarted() {
    revoke("t1");
    feed.start();
    assertEquals(1, views.getFirst().epoch());
    assertTrue(views.getFirst().revocations().revokes(token("t1")));
  }

  @Test
  void renewsLeaseEveryQuarterOfMaxStaleness() {
    feed.start();
    assertEquals(Duration.ofSeconds(2), timer.asked);
    elapsed = Duration.ofSeconds(7);
    timer.tick();
    elapsed = Duration.ofSeconds(14);
    assertTrue(views.getLast().lease().isFresh(now()));
    elapsed = Duration.ofSeconds(15);
    assertFalse(views.getLast().lease().isFresh(now()));
  }

  @Test
  void leaseRunsOutOnceClosed() {
    feed.start();
    feed.close();
    elapsed = Duration.ofSeconds(7);
    timer.tick();
    revoke("t1");
    assertEquals(1, views.size());
    elapsed = Duration.ofSeconds(8);
    assertFalse(views.getLast().lease().isFresh(now()));
  }

  @Test
  void startsOnce() {
    feed.start();
    assertThrows(IllegalStateException.class, feed::start);
  }

  @Test
  void vouchesNoMoreOnceTheLogAcknowledgesNothing() {
    feed.start();
    store.become(new LogHealth.Failed("the disk is gone"));
    elapsed = Duration.ofSeconds(7);
    timer.tick();
    assertEquals(1, views.size());
    elapsed = Duration.ofSeconds(8);
    assertFalse(views.getLast().lease().isFresh(now()));
    store.become(new LogHealth.Sound());
    timer.tick();
    assertTrue(views.getLast().lease().isFresh(now()));
  }

  @Test
  void doesNotStartOnALogThatVouchesForNothing() {
    store.become(new LogHealth.Failed("the disk is gone"));
    assertThrows(LogException.class, feed::start);
    assertEquals(0, views.size());
  }

  @Test
  void listenerThatFailsKeepsWhoRevokedWaitingUntilItHasSeenIt() {
    AtomicInteger failures = new AtomicInteger(3);
    EmbeddedFeed failing =
        new EmbeddedFeed(
            registry,
            MAX_STALENESS,
            MAX_STALENESS,
            this::now,
            timer,
            view -> {
              if (view.epoch() > 0 && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("no room");
              }
              views.add(view);
            });
    failing.start();
    assertEquals(1, revoke("t1"));
    assertTrue(failures.get() < 0);
    assertTrue(views.getLast().revocations().revokes(token("t1")));
  }

  @Test
  void viewsNeverGoBackWhenManyRevokeAtOnce() throws Exception {
    long threads = 8;
    int each = 50;
    List<FeedView> seen = new ArrayList<>();
    EmbeddedFeed.Timer real = EmbeddedFeed.Timer.ownThread("test feed");
    CyclicBarrier start = new CyclicBarrier((int) threads);
    CountDownLatch done = new CountDownLatch((int) threads);
    // The feed holds its lock while it calls: a plain list is safe exactly if it is one writer.
    try (EmbeddedFeed busy =
        new EmbeddedFeed(
            registry,
            Duration.ofMillis(400),
            Duration.ofMillis(400),
            Moment.Source.system(),
            real,
            seen::add)) {
      busy.start();
      for (int t = 0; t < threads; t++) {
        String name = "t" + t + "-";
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    start.await();
                    for (int i = 0; i < each; i++) {
                      revoke(name + i);
                    }
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  } finally {
                    done.countDown();
                  }
                });
      }
      assertTrue(done.await(30, TimeUnit.SECONDS));
    }
    assertEquals(threads * each, seen.getLast().epoch());
    for (int i = 1; i < seen.size(); i++) {
      FeedView before = seen.get(i - 1);
      FeedView after = seen.get(i);
      assertTrue(after.epoch() >= before.epoch());
      assertTrue(
          after.lease().from().monotonic().compareTo(before.lease().from().monotonic()) >= 0);
    }
  }
}
