package io.gat.issue.caller;

import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.token.AssertionKeys;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one signer, kept up to date by their source. Nobody else waits for them, at the start
 * neither: one that is dead costs a little patience of whoever shows something of it, and only
 * until its first fetch has failed. Whoever shows something need not have signed it, so only so
 * many wait at one time; everybody else is told at once that nobody can tell now.
 */
public final class FollowedKeys implements AssertionKeys, AutoCloseable {
  /** How long somebody waits for keys. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** So many wait for a source at one time: strangers hold few of the endpoint's places. */
  static final int MOST_WAITING = 32;

  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private final KeySource source;
  private final Duration patience;
  private final CountDownLatch tried = new CountDownLatch(1);
  private volatile @Nullable KeySet keys;

  private FollowedKeys(KeySource source, Duration patience) {
    this.source = source;
    this.patience = patience;
  }

  /**
   * Keys that are here, such as in a file: returns when they are read.
   *
   * @throws io.gat.keys.KeySourceException where they cannot be: one line with a remedy
   */
  public static FollowedKeys near(KeySource source) {
    FollowedKeys followed = new FollowedKeys(source, PATIENCE);
    source.start(keys -> followed.keys = keys);
    followed.tried.countDown();
    return followed;
  }

  /** Keys that are elsewhere: returns at once. */
  public static FollowedKeys far(KeySource source) {
    return far(source, PATIENCE);
  }

  static FollowedKeys far(KeySource source, Duration patience) {
    FollowedKeys followed = new FollowedKeys(source, patience);
    Thread.ofVirtual()
        .name("first keys")
        .start(
            () -> {
              try {
                source.start(keys -> followed.keys = keys);
              } finally {
                followed.tried.countDown();
              }
            });
    return followed;
  }

  @Override
  public Optional<KeySet> current() {
    if (keys == null && waiting.tryAcquire()) {
      try {
        // A source tells the keys before it has started, so that this may end early.
        var _ = tried.await(patience.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        waiting.release();
      }
    }
    return Optional.ofNullable(keys);
  }

  @Override
  public Newer refresh() {
    if (!waiting.tryAcquire()) {
      return Newer.TOO_MANY_ASK;
    }
    try {
      return source.refreshForUnknownKey(patience) ? Newer.PERHAPS : Newer.NONE;
    } finally {
      waiting.release();
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
