package io.gat.keys;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an OpenID provider, found by discovery when somebody first needs them and looked
 * after from then on. A provider that is down costs whoever asks one time-out, and nobody else
 * anything.
 */
public final class DiscoveredKeys implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DiscoveredKeys.class.getName());
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofHours(1);

  /** So that strangers can't make gat ask a provider that is down over and over. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final URI issuer;
  private final InstantSource clock;
  private final AtomicReference<@Nullable KeySet> keys = new AtomicReference<>();

  // Guarded by this.
  private @Nullable URI jwks;
  private @Nullable JwksUrlSource source;
  private @Nullable Instant discovered;
  private @Nullable Instant failed;
  private boolean closed;

  /** The keys of an issuer; nothing is fetched yet. */
  public DiscoveredKeys(URI issuer, InstantSource clock) {
    this.issuer = issuer;
    this.clock = clock;
  }

  /** The keys as far as they are known; absent where none can be had. */
  public synchronized Optional<KeySet> current() {
    discover();
    return Optional.ofNullable(keys.get());
  }

  /** Looks for newer keys, for a token that none of the known ones has signed. */
  public synchronized boolean refresh() {
    return source != null && source.refreshForUnknownKey(TIMEOUT);
  }

  private void discover() {
    Instant now = clock.instant();
    if (closed || isWithin(discovered, LOOK_AGAIN, now) || isWithin(failed, PAUSE, now)) {
      return;
    }
    try {
      OidcDiscovery document = OidcDiscovery.fetch(issuer, TIMEOUT);
      discovered = now;
      failed = null;
      if (!document.jwks().equals(jwks)) {
        start(document.jwks());
      }
    } catch (KeySourceException e) {
      failed = now;
      LOG.log(Level.WARNING, "nobody can sign in now: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(URI url) {
    if (source != null) {
      source.close();
    }
    JwksUrlSource next = new JwksUrlSource(url, JwksUrlSource.Timing.standard(), clock);
    source = next;
    jwks = url;
    next.start(keys::set);
  }

  private static boolean isWithin(@Nullable Instant then, Duration span, Instant now) {
    return then != null && !now.isBefore(then) && Duration.between(then, now).compareTo(span) < 0;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (source != null) {
      source.close();
    }
  }
}
