package io.gat.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which issuer is asked before which: the one that has answered last, then the others as they are
 * listed; those that have failed not long ago come last. None is ever left out, since all may have
 * failed.
 */
final class IssuerOrder {
  private static final int MAX_DOUBLINGS = 20;

  private final List<URI> listed;
  private final Timing timing;
  private final Supplier<Duration> uptime;
  private final RandomGenerator random;

  // Guarded by this.
  private final Map<URI, Failing> failing = new HashMap<>();
  private @Nullable URI good;

  private record Failing(int times, Duration until) {}

  /**
   * An order.
   *
   * @param uptime since any moment; only grows
   */
  IssuerOrder(List<URI> listed, Timing timing, Supplier<Duration> uptime, RandomGenerator random) {
    this.listed = List.copyOf(listed);
    this.timing = timing;
    this.uptime = uptime;
    this.random = random;
  }

  synchronized List<URI> now() {
    Duration now = uptime.get();
    List<URI> first = new ArrayList<>();
    List<URI> last = new ArrayList<>();
    for (URI issuer : listed) {
      Failing known = failing.get(issuer);
      if (known != null && now.compareTo(known.until()) < 0) {
        last.add(issuer);
      } else if (issuer.equals(good)) {
        first.addFirst(issuer);
      } else {
        first.add(issuer);
      }
    }
    first.addAll(last);
    return first;
  }

  synchronized void answered(URI issuer) {
    good = issuer;
    failing.remove(issuer);
  }

  synchronized void failed(URI issuer) {
    Failing before = failing.get(issuer);
    int times = before == null ? 1 : Math.min(before.times() + 1, MAX_DOUBLINGS);
    Duration grown = timing.firstPause().multipliedBy(1L << (times - 1));
    Duration pause = grown.compareTo(timing.longestPause()) < 0 ? grown : timing.longestPause();
    long half = Math.max(1, pause.toNanos() / 2);
    failing.put(
        issuer,
        new Failing(times, uptime.get().plusNanos(pause.toNanos() - random.nextLong(half))));
  }
}
