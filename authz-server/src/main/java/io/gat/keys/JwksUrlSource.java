package io.gat.keys;

import io.gat.fetch.Destinations;
import io.gat.fetch.ForbiddenDestinationException;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A JWKS at a URL, fetched in the background.
 *
 * <p>One virtual thread per source does all fetches, one after the other: that is what makes them
 * single flight, and why an issuer that is down delays nobody else. Whoever needs a fetch asks the
 * thread and waits for its next attempt. While fetches fail the last keys stay, until {@link
 * Timing#maxAge} after the last success.
 */
public final class JwksUrlSource implements KeySource {
  private static final System.Logger LOG = System.getLogger(JwksUrlSource.class.getName());
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(30);
  private static final Duration LONGEST_REFRESH = Duration.ofHours(1);
  private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(10);
  private static final int MAX_DOUBLINGS = 16;

  /** What a fetch brought. */
  record Fetched(String body, Optional<Duration> maxAge) {}

  /** Gets the JWKS; one call at a time. */
  interface Fetcher extends AutoCloseable {
    Fetched fetch() throws IOException, InterruptedException;

    @Override
    void close();
  }

  /**
   * How often and how long.
   *
   * @param refresh from one good fetch to the next where the answer has no {@code max-age}, in [30
   *     s, 1 h], default 5 min
   * @param maxAge how long after the last good fetch the keys are trusted, above {@code refresh},
   *     default 1 h
   * @param timeout of one fetch, above 0, default 5 s
   */
  public record Timing(Duration refresh, Duration maxAge, Duration timeout) {
    public Timing {
      if (refresh.compareTo(SHORTEST_REFRESH) < 0 || refresh.compareTo(LONGEST_REFRESH) > 0) {
        throw new IllegalArgumentException("refresh must be in [30 s, 1 h]");
      }
      if (maxAge.compareTo(refresh) <= 0) {
        throw new IllegalArgumentException("the highest age must be above the refresh interval");
      }
      if (!timeout.isPositive()) {
        throw new IllegalArgumentException("a time-out must be above 0");
      }
    }

    /** The defaults. */
    public static Timing standard() {
      return new Timing(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofSeconds(5));
    }
  }

  private final String name;
  private final Fetcher fetcher;
  private final Timing timing;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final JwksReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private long attempts;
  private long successes;
  private boolean fetching;
  private boolean asked;
  private boolean closed;
  private @Nullable Instant lastAttempt;
  private @Nullable Thread thread;

  // Used by the one thread alone.
  private int failures;

  public JwksUrlSource(URI url, Timing timing, InstantSource clock) {
    this(url.toString(), new JwksHttp(url, timing.timeout()), timing, clock, new SecureRandom());
  }

  /**
   * The keys of a foreign issuer at a URL that leads only where that is allowed.
   *
   * @param tls whom to trust; those that the JDK trusts where it is absent
   * @param headers more headers for each request, asked for each time
   * @throws KeySourceException where the URL can be fetched from nowhere
   */
  public static JwksUrlSource guarded(
      URI url,
      KeyUse use,
      Destinations destinations,
      Optional<SSLContext> tls,
      Supplier<Map<String, String>> headers,
      InstantSource clock) {
    Timing timing = Timing.standard();
    try {
      return new JwksUrlSource(
          url.toString(),
          new JwksHttp(url, destinations, tls, timing.timeout(), headers),
          timing,
          clock,
          new SecureRandom(),
          use);
    } catch (ForbiddenDestinationException e) {
      throw new KeySourceException(url + ": " + e.getMessage());
    }
  }

  /**
   * The keys of an OpenID provider, from where its discovery document says they are.
   *
   * @param tls whom to trust; those that the JDK trusts where it is absent
   * @throws KeySourceException where the document can be fetched from nowhere
   */
  public static JwksUrlSource discovered(
      String issuer, Destinations destinations, Optional<SSLContext> tls, InstantSource clock) {
    Timing timing = Timing.standard();
    try {
      return new JwksUrlSource(
          issuer,
          new DiscoveredJwks(issuer, destinations, tls, timing.timeout(), clock),
          timing,
          clock,
          new SecureRandom(),
          KeyUse.SIGNATURE);
    } catch (ForbiddenDestinationException e) {
      throw new KeySourceException(issuer + ": " + e.getMessage());
    }
  }

  JwksUrlSource(
      String name, Fetcher fetcher, Timing timing, InstantSource clock, RandomGenerator random) {
    this(name, fetcher, timing, clock, random, KeyUse.SIGNATURE);
  }

  private JwksUrlSource(
      String name,
      Fetcher fetcher,
      Timing timing,
      InstantSource clock,
      RandomGenerator random,
      KeyUse use) {
    this.name = name;
    this.fetcher = fetcher;
    this.timing = timing;
    this.clock = clock;
    this.random = random;
    this.reader = new JwksReader(name, use);
  }

  /** Waits for the first fetch, at most its time-out; a failed one is only logged. */
  @Override
  public void start(Consumer<KeySet> listener) {
    lock.lock();
    try {
      thread = Thread.ofVirtual().name("keys " + name).start(() -> run(listener));
      awaitAttempt(0, timing.timeout().plusSeconds(1));
    } finally {
      lock.unlock();
    }
  }

  private void run(Consumer<KeySet> listener) {
    try {
      boolean open = true;
      while (open) {
        open = pause(attempt(listener));
      }
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
    }
  }

  /** Fetches once; returns how long to wait until the next time. */
  Duration attempt(Consumer<KeySet> listener) throws InterruptedException {
    lock.lock();
    try {
      fetching = true;
      asked = false;
      lastAttempt = clock.instant();
    } finally {
      lock.unlock();
    }
    boolean good = false;
    try {
      // The answer is as old as the question: keys may have been withdrawn in between.
      Instant before = clock.instant();
      Fetched fetched = fetcher.fetch();
      List<VerificationKey> keys = reader.read(fetched.body());
      listener.accept(new KeySet(keys, before, before.plus(timing.maxAge())));
      good = true;
      recovered();
      return refreshIn(fetched.maxAge());
    } catch (IOException | RuntimeException e) {
      return failed(e);
    } finally {
      lock.lock();
      try {
        fetching = false;
        attempts++;
        successes += good ? 1 : 0;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void recovered() {
    if (failures > 0) {
      failures = 0;
      LOG.log(System.Logger.Level.INFO, "{0}: good again", name);
    }
  }

  /** Half of the highest age at most: one failed fetch must not take the keys out of trust. */
  private Duration refreshIn(Optional<Duration> maxAge) {
    Duration wanted = maxAge.orElse(timing.refresh());
    Duration half = timing.maxAge().dividedBy(2);
    Duration longest = half.compareTo(LONGEST_REFRESH) < 0 ? half : LONGEST_REFRESH;
    Duration bounded = wanted.compareTo(longest) > 0 ? longest : wanted;
    return bounded.compareTo(SHORTEST_REFRESH) < 0 ? SHORTEST_REFRESH : bounded;
  }

  /** Doubles from 1 s up to the refresh interval; a random half keeps servers apart. */
  private Duration failed(Exception e) {
    if (failures == 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: no keys fetched, trying again: {1}",
          name,
          e instanceof KeySourceException ? e.getMessage() : e);
    }
    failures = Math.min(failures + 1, MAX_DOUBLINGS);
    Duration full = FIRST_RETRY.multipliedBy(1L << (failures - 1));
    long nanos = (full.compareTo(timing.refresh()) > 0 ? timing.refresh() : full).toNanos();
    return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
  }

  /** Waits until time is up or somebody asks; false once closed. */
  private boolean pause(Duration delay) throws InterruptedException {
    lock.lock();
    try {
      long left = delay.toNanos();
      while (left > 0 && !asked && !closed) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean refreshForUnknownKey(Duration patience) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      if (!fetching && !asked) {
        if (triedRecently()) {
          return false;
        }
        asked = true;
        changed.signalAll();
      }
      return awaitAttempt(attempts, patience);
    } finally {
      lock.unlock();
    }
  }

  private boolean triedRecently() {
    Instant last = lastAttempt;
    if (last == null) {
      return false;
    }
    Duration since = Duration.between(last, clock.instant());
    return !since.isNegative() && since.compareTo(UNKNOWN_KEY_PAUSE) < 0;
  }

  /** Waits for one more attempt than there were; true where it succeeded. Holds the lock. */
  private boolean awaitAttempt(long before, Duration patience) {
    long goodBefore = successes;
    long left = TimeUnit.NANOSECONDS.convert(patience);
    try {
      while (attempts == before && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return successes > goodBefore;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      if (thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
    fetcher.close();
  }
}
