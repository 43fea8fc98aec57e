package io.gat.issue;

import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The revocations of an issuer inside this process, in memory: they end with the process. The
 * shared log of the real control plane replaces it.
 */
public final class RevocationRegistry {
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
   * Applies a revocation. Once this returns, every listener has published it: no check that starts
   * later is decided without it.
   *
   * @return its epoch
   */
  public synchronized long revoke(Revocation revocation) {
    entries.add(revocation);
    state = new State(state.epoch() + 1, RevocationSet.of(entries, leeway));
    for (Runnable listener : listeners) {
      listener.run();
    }
    return state.epoch();
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
