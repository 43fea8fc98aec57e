package io.gat.decide;

import io.gat.keys.KeySet;
import io.gat.policy.Policy;
import io.gat.revocation.FeedView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The newest {@link Snapshot}. Readers take it with one volatile read; the policies, each key
 * source and each feed replace their part atomically. A part is never taken back to an older value
 * by a writer of another part.
 */
public final class LiveSnapshot {
  private final AtomicReference<Snapshot> current;

  public LiveSnapshot(Snapshot first) {
    this.current = new AtomicReference<>(first);
  }

  public Snapshot current() {
    return current.get();
  }

  public void policy(Policy policy) {
    current.updateAndGet(s -> new Snapshot(s.feeds(), s.keys(), policy, s.candidate()));
  }

  /** Both at once, so that no check is judged by parts of two sets. */
  public void policy(Policy policy, Optional<Policy> candidate) {
    current.updateAndGet(s -> new Snapshot(s.feeds(), s.keys(), policy, candidate));
  }

  /** What is judged by beside the policy from now on; empty for nothing. */
  public void candidate(Optional<Policy> candidate) {
    current.updateAndGet(s -> new Snapshot(s.feeds(), s.keys(), s.policy(), candidate));
  }

  public void keys(String issuer, KeySet keys) {
    current.updateAndGet(
        s -> new Snapshot(s.feeds(), s.keys().with(issuer, keys), s.policy(), s.candidate()));
  }

  public void feed(String issuer, FeedView view) {
    current.updateAndGet(
        s -> {
          Map<String, FeedView> feeds = new HashMap<>(s.feeds());
          feeds.put(issuer, view);
          return new Snapshot(feeds, s.keys(), s.policy(), s.candidate());
        });
  }
}
