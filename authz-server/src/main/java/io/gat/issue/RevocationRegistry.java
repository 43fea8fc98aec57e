package io.gat.issue;

import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The revocations of an issuer inside this process, in memory: they end with the process. The
 * shared log of the real control plane replaces it.
 */
public final class RevocationRegistry {
  /** How long a view may be read: an answer from memory is given at once. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** The longest that any configuration lets a token live. */
  private static final Duration LONGEST_LIFETIME = Duration.ofHours(24);

  private static final Duration MARGIN = Duration.ofMinutes(5);

  private final Duration leeway;
  private final List<Revocation> entries = new ArrayList<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private State state;

  /** All revocations up to a position. */
  record State(long epoch, RevocationSet revocations) {
    State {
      Objects.requireNonNull(revocations);
    }
  }

  /**
   * A registry without entries, at epoch 0.
   *
   * @param leeway how much later than an entry a token may say it was issued and still be hit
   */
  public RevocationRegistry(Duration leeway) {
    this.leeway = leeway;
    this.state = new State(0, RevocationSet.empty());
  }

  /**
   * All that was revoked up to now, for whoever asks in this process: nobody knows more, so it is
   * fresh.
   */
  public synchronized FeedView view(Moment now) {
    return new FeedView(Lease.proved(now, FRESH), state.epoch(), state.revocations());
  }

  /**
   * Applies a revocation. Once this returns, every listener has published it: no check that starts
   * later is decided without it.
   *
   * @return its epoch
   */
  public synchronized long revoke(Revocation revocation) {
    if (entries.stream().anyMatch(e -> covers(e, revocation))) {
      return state.epoch();
    }
    entries.removeIf(e -> isSpent(e, revocation.revokedAt()));
    entries.add(revocation);
    state = new State(state.epoch() + 1, RevocationSet.of(entries, leeway));
    for (Runnable listener : listeners) {
      listener.run();
    }
    return state.epoch();
  }

  /** True where the entry hits all that the other one would; so nobody can grow the set at will. */
  private static boolean covers(Revocation entry, Revocation other) {
    return entry.selector().equals(other.selector())
        && Objects.equals(entry.issuer(), other.issuer())
        && (entry.reach() == Revocation.Reach.ALL
            || (entry.reach() == other.reach()
                && (entry.selector() instanceof Revocation.Selector.ByTokenId
                    || !entry.revokedAt().isBefore(other.revokedAt()))));
  }

  /** True where every token that the entry could hit has expired. */
  private boolean isSpent(Revocation entry, Instant now) {
    return entry.reach() == Revocation.Reach.ISSUED_BEFORE
        && entry
            .revokedAt()
            .plus(LONGEST_LIFETIME)
            .plus(leeway.multipliedBy(2))
            .plus(MARGIN)
            .isBefore(now);
  }

  synchronized State state() {
    return state;
  }

  /** Calls a listener after each revocation, before its {@link #revoke} returns. */
  synchronized void onRevocation(Runnable listener) {
    listeners.add(listener);
  }

  synchronized void remove(Runnable listener) {
    listeners.remove(listener);
  }
}
