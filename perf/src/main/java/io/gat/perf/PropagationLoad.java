package io.gat.perf;

import io.gat.feed.FeedClient;
import io.gat.feed.FeedFollower;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * From the acknowledgement of a revocation to the last authz server that would still allow its
 * token: {@code PropagationLoad ADMIN_URL OPERATOR_TOKEN FEED_PORT SERVERS SAMPLES}. Each server is
 * the real end of a feed with a connection, a follower and a revocation set of its own; a check is
 * the look-up in that set, as each check of an authz server makes it.
 */
public final class PropagationLoad {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<FeedClient> clients = new ArrayList<>();
  private final CountDownLatch fresh;
  private volatile Sample sample = new Sample("none", 0);

  private PropagationLoad(int servers, int port) {
    this.fresh = new CountDownLatch(servers);
    for (int i = 0; i < servers; i++) {
      AuthzEnd end = new AuthzEnd();
      clients.add(
          new FeedClient(
              "perf-" + i,
              List.of(
                  new FeedClient.Issuer(
                      "issuer",
                      () ->
                          NettyChannelBuilder.forAddress("127.0.0.1", port)
                              .usePlaintext()
                              .build())),
              new FeedFollower(MAX_STALENESS, Moment.Source.system(), end::take),
              MAX_STALENESS,
              (jwks, position) -> {}));
    }
  }

  /** One revocation, and who rejects its token already. */
  private static final class Sample {
    private final Revocable token;
    private final AtomicInteger missing;
    private final AtomicLong last = new AtomicLong(Long.MIN_VALUE);
    private final CountDownLatch done = new CountDownLatch(1);

    Sample(String tokenId, int servers) {
      this.token =
          new Revocable(
              "https://gat.example", tokenId, "", "s", "c", List.of("a"), "k", Instant.EPOCH);
      this.missing = new AtomicInteger(servers);
    }

    void rejected() {
      last.accumulateAndGet(System.nanoTime(), Math::max);
      if (missing.decrementAndGet() == 0) {
        done.countDown();
      }
    }
  }

  /** What one server knows. */
  private final class AuthzEnd {
    private boolean isFresh;
    private Sample rejects = sample;

    synchronized void take(FeedView view) {
      if (!isFresh && view.lease().length().isPositive()) {
        isFresh = true;
        fresh.countDown();
      }
      Sample now = sample;
      if (rejects != now && view.revocations().revokes(now.token)) {
        rejects = now;
        now.rejected();
      }
    }
  }

  /** Measures, and prints one line. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int servers = Integer.parseInt(args[3]);
    int samples = Integer.parseInt(args[4]);
    PropagationLoad load = new PropagationLoad(servers, Integer.parseInt(args[2]));
    try (RevokingOperator operator = new RevokingOperator(args[0], Path.of(args[1]))) {
      load.clients.forEach(FeedClient::start);
      if (!load.fresh.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(load.fresh.getCount() + " servers have no lease");
      }
      load.measure(operator, servers, samples / 5); // warm
      load.print(servers, load.measure(operator, servers, samples));
    } finally {
      load.clients.parallelStream().forEach(FeedClient::close);
    }
    System.exit(0); // grpc's threads
  }

  private long[][] measure(RevokingOperator operator, int servers, int samples)
      throws IOException, InterruptedException {
    long[] afterAnswer = new long[samples];
    long[] afterRequest = new long[samples];
    for (int i = 0; i < samples; i++) {
      // Not in step with what is coalesced.
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(30_000_000));
      String tokenId = Long.toHexString(ThreadLocalRandom.current().nextLong()) + i;
      Sample next = new Sample(tokenId, servers);
      sample = next;
      long asked = System.nanoTime();
      long answered = operator.revoke(tokenId);
      if (!next.done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(next.missing + " servers do not reject a revoked token");
      }
      afterAnswer[i] = Math.max(0, next.last.get() - answered);
      afterRequest[i] = next.last.get() - asked;
    }
    return new long[][] {afterAnswer, afterRequest};
  }

  private void print(int servers, long[][] nanos) {
    Arrays.stream(nanos).forEach(Arrays::sort);
    System.out.printf(
        Locale.ROOT,
        "PROPAGATION %d %d %.1f %.1f %.1f %.1f %.1f%n",
        servers,
        nanos[0].length,
        millis(nanos[0], 50),
        millis(nanos[0], 99),
        millis(nanos[0], 100),
        millis(nanos[1], 50),
        millis(nanos[1], 99));
  }

  /** A percentile of sorted nanoseconds, in ms. */
  static double millis(long[] sorted, int percent) {
    return sorted.length == 0
        ? 0
        : sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)] / 1e6;
  }
}
