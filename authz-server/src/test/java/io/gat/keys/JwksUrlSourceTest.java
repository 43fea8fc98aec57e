package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The times and threads of a JWKS URL, with a fake clock and a fake server. */
final class JwksUrlSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private volatile Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final InstantSource clock = () -> now;
  private final FakeServer server = new FakeServer();
  private final List<KeySet> published = new CopyOnWriteArrayList<>();
  private final List<JwksUrlSource> open = new ArrayList<>();

  /** Answers what the test has set, once the test lets it. */
  private static final class FakeServer implements JwksUrlSource.Fetcher {
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private final Semaphore arrived = new Semaphore(0);
    private volatile @Nullable Semaphore gate;
    private volatile String body = JwksReaderTest.jwks(JwksReaderTest.ec("a"));
    private volatile Optional<Duration> maxAge = Optional.empty();
    private volatile boolean down;

    @Override
    public JwksUrlSource.Fetched fetch() throws IOException, InterruptedException {
      fetches.incrementAndGet();
      mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
      try {
        arrived.release();
        Semaphore held = gate;
        if (held != null) {
          held.acquire();
        }
        if (down) {
          throw new IOException("down");
        }
        return new JwksUrlSource.Fetched(body, maxAge);
      } finally {
        inside.decrementAndGet();
      }
    }

    @Override
    public void close() {}
  }

  private JwksUrlSource source() {
    return source(JwksUrlSource.Timing.standard());
  }

  private JwksUrlSource source(JwksUrlSource.Timing timing) {
    JwksUrlSource source = new JwksUrlSource("url", server, timing, clock, new SplittableRandom(1));
    open.add(source);
    return source;
  }

  @AfterEach
  void close() {
    open.forEach(JwksUrlSource::close);
  }

  private List<String> kids() {
    return published.getLast().keys().stream().map(VerificationKey::kid).toList();
  }

  @Test
  void publishesKeysThatAreTrustedUntilTheHighestAge() {
    source().start(published::add);
    assertEquals(List.of("a"), kids());
    KeySet keys = published.getLast();
    assertEquals(now, keys.readAt());
    assertTrue(keys.isTrustedAt(now.plusSeconds(3599)));
    assertFalse(keys.isTrustedAt(now.plusSeconds(3600)));
  }

  @Test
  void unchangedKeyStaysTheSameObject() throws InterruptedException {
    JwksUrlSource source = source();
    source.attempt(published::add);
    now = now.plusSeconds(300);
    source.attempt(published::add);
    assertSame(published.get(0).keys().getFirst(), published.get(1).keys().getFirst());
    assertEquals(now.plusSeconds(3600), published.get(1).trustedUntil());
  }

  @ParameterizedTest
  @CsvSource({
    ", 300",
    "0, 30",
    "29, 30",
    "31, 31",
    "600, 600",
    "1800, 1800",
    "3600, 1800",
    "999999, 1800"
  })
  void nextFetchFollowsMaxAgeWithinBounds(@Nullable Long maxAge, long seconds)
      throws InterruptedException {
    server.maxAge = maxAge == null ? Optional.empty() : Optional.of(Duration.ofSeconds(maxAge));
    assertEquals(Duration.ofSeconds(seconds), source().attempt(published::add));
  }

  @Test
  void maxAgeIsBoundedByOneHour() throws InterruptedException {
    server.maxAge = Optional.of(Duration.ofDays(2));
    JwksUrlSource source =
        source(
            new JwksUrlSource.Timing(
                Duration.ofMinutes(5), Duration.ofDays(1), Duration.ofSeconds(5)));
    assertEquals(Duration.ofHours(1), source.attempt(published::add));
  }

  @Test
  void failuresBackOffWithJitterUpToTheRefreshInterval() throws InterruptedException {
    server.down = true;
    JwksUrlSource source = source();
    for (int i = 0; i < 40; i++) {
      Duration delay = source.attempt(published::add);
      Duration full = Duration.ofSeconds(Math.min(300, 1L << Math.min(i, 20)));
      assertTrue(delay.compareTo(full) <= 0, delay.toString());
      assertTrue(delay.compareTo(full.dividedBy(2)) >= 0, delay.toString());
    }
    assertEquals(List.of(), published);
    server.down = false;
    assertEquals(Duration.ofMinutes(5), source.attempt(published::add));
    assertEquals(1, published.size());
    server.down = true;
    assertTrue(source.attempt(published::add).compareTo(Duration.ofSeconds(1)) <= 0);
  }

  @Test
  void keepsLastKeysWhileAnswersAreBad() throws InterruptedException {
    JwksUrlSource source = source();
    source.attempt(published::add);
    for (String bad : List.of("", "{}", "<html>", "{\"keys\":[]}")) {
      server.body = bad;
      source.attempt(published::add);
    }
    assertEquals(1, published.size());
  }

  @Test
  void unknownKeyFetchesOnceTenSecondsHavePassed() {
    JwksUrlSource source = source();
    source.start(published::add);
    server.body = JwksReaderTest.jwks(JwksReaderTest.ec("b"));
    now = now.plusMillis(9_999);
    assertFalse(source.refreshForUnknownKey(PATIENCE));
    assertEquals(1, server.fetches.get());
    now = now.plusMillis(1);
    assertTrue(source.refreshForUnknownKey(PATIENCE));
    assertEquals(List.of("b"), kids());
    assertFalse(source.refreshForUnknownKey(PATIENCE));
    assertEquals(2, server.fetches.get());
  }

  @Test
  void failedFetchForUnknownKeyCountsToo() {
    JwksUrlSource source = source();
    source.start(published::add);
    now = now.plusSeconds(10);
    server.down = true;
    assertFalse(source.refreshForUnknownKey(PATIENCE));
    int fetches = server.fetches.get();
    assertFalse(source.refreshForUnknownKey(PATIENCE));
    assertEquals(2, fetches);
  }

  @Test
  void manyUnknownKeysShareOneFetch() throws InterruptedException {
    JwksUrlSource source = source();
    source.start(published::add);
    server.arrived.drainPermits();
    Semaphore gate = new Semaphore(0);
    server.gate = gate;
    now = now.plusSeconds(10);
    int callers = 32;
    AtomicInteger fresh = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(callers);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    if (source.refreshForUnknownKey(PATIENCE)) {
                      fresh.incrementAndGet();
                    }
                    done.countDown();
                  }));
    }
    server.arrived.acquire();
    // All callers wait before the server answers.
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }
    gate.release(callers);
    assertTrue(done.await(30, TimeUnit.SECONDS));
    assertEquals(callers, fresh.get());
    assertEquals(2, server.fetches.get());
    assertEquals(1, server.mostInside.get());
  }

  @Test
  void patienceEndsBeforeSlowFetchDoes() throws InterruptedException {
    JwksUrlSource source = source();
    source.start(published::add);
    server.arrived.drainPermits();
    Semaphore gate = new Semaphore(0);
    server.gate = gate;
    now = now.plusSeconds(10);
    assertFalse(source.refreshForUnknownKey(Duration.ZERO));
    server.arrived.acquire();
    assertFalse(source.refreshForUnknownKey(Duration.ofMillis(1)));
    gate.release();
  }

  @Test
  void deadIssuerDelaysNobodyElse() {
    JwksUrlSource dead = source();
    Semaphore gate = new Semaphore(0);
    server.gate = gate;
    Thread stuck = Thread.ofVirtual().start(() -> dead.start(keys -> {}));
    server.arrived.acquireUninterruptibly();
    FakeServer alive = new FakeServer();
    JwksUrlSource other =
        new JwksUrlSource(
            "other", alive, JwksUrlSource.Timing.standard(), clock, new SplittableRandom(2));
    open.add(other);
    other.start(published::add);
    assertEquals(List.of("a"), kids());
    assertTrue(stuck.isAlive());
    gate.release(100);
  }

  @Test
  void goesOnAfterFailedStart() {
    server.down = true;
    JwksUrlSource source = source();
    source.start(published::add);
    assertEquals(List.of(), published);
    server.down = false;
    now = now.plusSeconds(10);
    assertTrue(source.refreshForUnknownKey(PATIENCE) || !published.isEmpty());
    assertEquals(List.of("a"), kids());
  }

  @Test
  void closedSourceFetchesNoMore() {
    JwksUrlSource source = source();
    source.start(published::add);
    source.close();
    now = now.plusSeconds(60);
    assertFalse(source.refreshForUnknownKey(PATIENCE));
    assertEquals(1, server.fetches.get());
  }
}
