package io.gat.perf;

import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.keys.Algorithm;
import io.gat.policy.AccessRequest;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import io.gat.revocation.RevocationSet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What a check costs with a million revocations in force, and with none: {@code RevocationCost
 * ROUNDS SECONDS}. The rounds take turns within one process; CPU time of the one thread.
 */
public final class RevocationCost {
  private static final int TOKENS = 1_024;
  private static final int ENTRIES = 1_000_000;
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  private RevocationCost() {}

  /** A decider whose tokens are in its cache, and calls that it allows while it is fresh. */
  static final class World {
    private final LiveSnapshot live;
    private final Decider decider;
    private final AccessRequest[] requests = new AccessRequest[TOKENS];

    World(FeedView feed) {
      TestTokens tokens = new TestTokens(Algorithm.ES256);
      live =
          new LiveSnapshot(
              new Snapshot(Map.of(Mint.ISSUER, feed), tokens.keys(), PolicyBenchmark.policy(10)));
      decider =
          new Decider(
              live,
              tokens.verifier(),
              new CaffeineDecisionCache(100_000, 10_000, InstantSource.system()),
              KeyRefresher.none(),
              Moment.Source.system(),
              "",
              WhenStale.ERROR);
      CheckRequestMapper mapper = new CheckRequestMapper();
      for (int i = 0; i < TOKENS; i++) {
        requests[i] = mapper.map(CheckBenchmark.message(tokens.token(i)));
      }
    }

    LiveSnapshot live() {
      return live;
    }

    Decider decider() {
      return decider;
    }

    AccessRequest[] requests() {
      return requests;
    }
  }

  /** Revocations of token ids that nobody has. */
  static List<Revocation> entries(int many) {
    Random random = new Random(1);
    byte[] id = new byte[16];
    List<Revocation> all = new ArrayList<>(many);
    for (int i = 0; i < many; i++) {
      random.nextBytes(id);
      all.add(
          new Revocation(
              new Selector.ByTokenId(Base64.getUrlEncoder().withoutPadding().encodeToString(id)),
              Mint.ISSUER,
              Instant.now(),
              Reach.ISSUED_BEFORE));
    }
    return all;
  }

  /** Measures, and prints a line a round and one with the medians. */
  public static void main(String[] args) {
    int rounds = Integer.parseInt(args[0]);
    long nanos = Duration.ofSeconds(Integer.parseInt(args[1])).toNanos();
    World none = new World(view(RevocationSet.empty(LEEWAY)));
    World million = new World(view(RevocationSet.of(entries(ENTRIES), LEEWAY)));
    for (int i = 0; i < 2; i++) { // warm
      measure(none, nanos);
      measure(million, nanos);
    }
    double[] without = new double[rounds];
    double[] with = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      without[i] = measure(none, nanos);
      with[i] = measure(million, nanos);
      System.out.printf(Locale.ROOT, "ROUND %d %.0f %.0f%n", i + 1, without[i], with[i]);
    }
    double[] more = new double[rounds];
    Arrays.setAll(more, i -> with[i] - without[i]);
    System.out.printf(
        Locale.ROOT, "COST %.0f %.0f %.0f%n", median(without), median(with), median(more));
  }

  private static FeedView view(RevocationSet set) {
    return new FeedView(Lease.proved(Moment.Source.system().now(), Duration.ofHours(1)), 1, set);
  }

  private static double measure(World world, long nanos) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + nanos;
    long cpu = threads.getCurrentThreadCpuTime();
    long checks = 0;
    while (System.nanoTime() < end) {
      for (AccessRequest request : world.requests()) {
        if (!(world.decider().decide(request) instanceof Decision.Allow)) {
          throw new IllegalStateException("the benchmark's own token is refused");
        }
        checks++;
      }
    }
    return (threads.getCurrentThreadCpuTime() - cpu) / (double) checks;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
