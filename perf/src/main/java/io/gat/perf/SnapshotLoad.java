package io.gat.perf;

import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.LiveSnapshot;
import io.gat.feed.ClaimOutcome;
import io.gat.feed.FeedClient;
import io.gat.feed.FeedFollower;
import io.gat.feed.FeedService;
import io.gat.feed.FeedSource;
import io.gat.policy.AccessRequest;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * How long an authz server takes to load every revocation, and what its checks notice of that.
 * {@code SnapshotLoad source PORT ENTRIES} is an issuer that has them in memory; {@code
 * SnapshotLoad load PORT ENTRIES} makes a check every 200 µs while it follows that one.
 */
public final class SnapshotLoad {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration ALONE = Duration.ofSeconds(3);

  private static final Duration PERIOD = Duration.ofNanos(200_000);

  private SnapshotLoad() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int port = Integer.parseInt(args[1]);
    int entries = Integer.parseInt(args[2]);
    if (args[0].equals("source")) {
      NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
          .addService(new FeedService(new Entries(RevocationCost.entries(entries)), 10))
          .build()
          .start();
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
    load(port, entries);
    System.exit(0); // grpc's threads
  }

  /** What checks notice: the longest time from when one was due to its decision. */
  private static final class Checks implements Runnable {
    private final Decider decider;
    private final AccessRequest[] requests;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long longest;
    private final LongAdder many = new LongAdder();
    private final LongAdder denied = new LongAdder();

    Checks(Decider decider, AccessRequest[] requests) {
      this.decider = decider;
      this.requests = requests;
    }

    @Override
    public void run() {
      long due = System.nanoTime();
      for (int i = 0; !over.get(); i++) {
        due += PERIOD.toNanos();
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        Decision decision = decider.decide(requests[i % requests.length]);
        long now = System.nanoTime();
        if (decision instanceof Decision.Deny) {
          denied.increment();
        }
        longest = Math.max(longest, now - due);
        many.increment();
        due = Math.max(due, now - PERIOD.toNanos()); // who was late does not catch up
      }
    }

    double longestMillis() {
      double millis = longest / 1e6;
      longest = 0;
      return millis;
    }
  }

  private static void load(int port, int entries) throws InterruptedException, IOException {
    RevocationCost.World world = new RevocationCost.World(FeedView.silent(now()));
    LiveSnapshot live = world.live();
    Checks checks = new Checks(world.decider(), world.requests());
    Thread checking = Thread.ofPlatform().start(checks);
    TimeUnit.NANOSECONDS.sleep(ALONE.toNanos()); // warm
    double warm = checks.longestMillis();
    TimeUnit.NANOSECONDS.sleep(ALONE.toNanos());
    double alone = checks.longestMillis();
    long before = checks.many.sum();
    CountDownLatch loaded = new CountDownLatch(1);
    FeedFollower follower =
        new FeedFollower(
            MAX_STALENESS,
            Moment.Source.system(),
            view -> {
              live.feed(Mint.ISSUER, view);
              if (view.lease().length().isPositive() && view.revocations().size() == entries) {
                loaded.countDown();
              }
            });
    FeedClient client =
        new FeedClient(
            "perf",
            List.of(
                new FeedClient.Issuer(
                    "source",
                    () ->
                        NettyChannelBuilder.forAddress("127.0.0.1", port)
                            .usePlaintext()
                            .flowControlWindow(1024 * 1024)
                            .maxInboundMessageSize(16 * 1024 * 1024)
                            .build())),
            follower,
            MAX_STALENESS,
            (jwks, position) -> {});
    long start = System.nanoTime();
    client.start();
    if (!loaded.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("not loaded after " + PATIENCE);
    }
    double took = (System.nanoTime() - start) / 1e9;
    double longest = checks.longestMillis();
    long made = checks.many.sum() - before;
    checks.over.set(true);
    checking.join();
    client.close();
    System.out.printf(
        Locale.ROOT,
        "SNAPSHOT %d %.2f %.1f %.1f %.1f %d %d%n",
        entries,
        took,
        longest,
        alone,
        warm,
        made,
        checks.denied.sum());
  }

  private static Moment now() {
    return Moment.Source.system().now();
  }

  /** An issuer's log that does not change. */
  private record Entries(List<Revocation> entries) implements FeedSource {
    @Override
    public String incarnation() {
      return "perf";
    }

    @Override
    public List<String> predecessors() {
      return List.of();
    }

    @Override
    public Duration leeway() {
      return Duration.ofSeconds(5);
    }

    @Override
    public long position() {
      return entries.size();
    }

    @Override
    public All all() {
      return new All(entries, entries.size());
    }

    @Override
    public Optional<Changes> changesAfter(long position, int max) {
      return position == entries.size()
          ? Optional.of(new Changes(List.of(), position))
          : Optional.empty();
    }

    @Override
    public Keys keys() {
      return new Keys("{\"keys\":[]}", 1);
    }

    @Override
    public CompletableFuture<Vouched> vouch() {
      return CompletableFuture.completedFuture(new Vouched(entries.size(), Instant.now()));
    }

    @Override
    public CompletableFuture<ClaimOutcome> claim(String id, Instant expiresAt) {
      return CompletableFuture.completedFuture(ClaimOutcome.UNAVAILABLE);
    }

    @Override
    public void onChange(Runnable listener) {}

    @Override
    public void remove(Runnable listener) {}
  }
}
