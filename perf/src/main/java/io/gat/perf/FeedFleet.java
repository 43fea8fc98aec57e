package io.gat.perf;

import io.gat.feed.v1.Applied;
import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.Change;
import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.gat.feed.v1.Probe;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many feeds of one issuer while it revokes: {@code FeedFleet ADMIN_URL OPERATOR_TOKEN FEED_PORT
 * ISSUER_PID STREAMS RATE SECONDS}. Each stream has a connection of its own, probes and tells what
 * it has applied as an authz server does, and only notes what it is told: the sets of 2,000 servers
 * would not fit beside the issuer on one machine.
 */
public final class FeedFleet {
  private static final Duration PERIOD = Duration.ofMillis(1_250);
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final long TICKS_A_SECOND = 100;
  private static final int OPERATORS = 6;

  private static final MethodDescriptor<FromAuthz, FromIssuer> FOLLOW =
      MethodDescriptor.<FromAuthz, FromIssuer>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("gat.feed.v1.Feed/Follow")
          .setRequestMarshaller(ProtoUtils.marshaller(FromAuthz.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(FromIssuer.getDefaultInstance()))
          .build();

  private final List<Stream> streams = new ArrayList<>();
  private final CountDownLatch proved;
  private final AtomicInteger ended = new AtomicInteger();
  private final LongAdder messages = new LongAdder();
  private final ConcurrentLinkedQueue<Long> proofs = new ConcurrentLinkedQueue<>();
  private final Sample[] samples;

  /** One revocation. */
  private static final class Sample {
    private final AtomicInteger missing;
    private final AtomicLong last = new AtomicLong(Long.MIN_VALUE);
    private volatile long answered;

    Sample(int streams) {
      this.missing = new AtomicInteger(streams);
    }

    void arrived() {
      last.accumulateAndGet(System.nanoTime(), Math::max);
      missing.decrementAndGet();
    }
  }

  private FeedFleet(int streams, int revocations) {
    this.proved = new CountDownLatch(streams);
    this.samples = new Sample[revocations];
    Arrays.setAll(samples, i -> new Sample(streams));
  }

  /** One feed. */
  private final class Stream implements ClientResponseObserver<FromAuthz, FromIssuer> {
    private final ManagedChannel channel;
    private volatile @Nullable ClientCallStreamObserver<FromAuthz> out;
    private long position;
    private long nonce;
    private long probed;
    private boolean first = true;
    private long told;

    Stream(int port) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    void open(int number) {
      var _ =
          ClientCalls.asyncBidiStreamingCall(channel.newCall(FOLLOW, CallOptions.DEFAULT), this);
      send(
          FromAuthz.newBuilder()
              .setHello(AuthzHello.newBuilder().setServer("perf-" + number))
              .build());
      probe();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromAuthz> stream) {
      out = stream;
    }

    private synchronized void send(FromAuthz message) {
      ClientCallStreamObserver<FromAuthz> to = out;
      if (to != null) {
        to.onNext(message);
      }
    }

    /** False while the one before has no answer. */
    synchronized boolean probe() {
      if (probed != 0) {
        return false;
      }
      probed = System.nanoTime();
      send(FromAuthz.newBuilder().setProbe(Probe.newBuilder().setNonce(++nonce)).build());
      return true;
    }

    @Override
    public synchronized void onNext(FromIssuer message) {
      messages.increment();
      switch (message.getMessageCase()) {
        case CHANGES -> {
          for (Change change : message.getChanges().getChangesList()) {
            String value = change.getAdded().getValue();
            if (value.startsWith("fleet-")) {
              samples[Integer.parseInt(value.substring("fleet-".length()))].arrived();
            }
          }
          position = message.getChanges().getPosition();
          long now = System.nanoTime();
          if (now - told > Duration.ofMillis(200).toNanos()) {
            applied();
          }
        }
        case PROOF -> {
          proofs.add(System.nanoTime() - probed);
          probed = 0;
          applied();
          if (first) {
            first = false;
            proved.countDown();
          }
        }
        case HELLO, KEYS, CLAIMED, MESSAGE_NOT_SET -> {}
      }
    }

    private void applied() {
      told = System.nanoTime();
      send(
          FromAuthz.newBuilder()
              .setApplied(Applied.newBuilder().setPosition(position).setLeaseMillis(3_000))
              .build());
    }

    @Override
    public void onError(Throwable failure) {
      ended.incrementAndGet();
      System.err.println("a stream has ended: " + Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended.incrementAndGet();
    }
  }

  /** Measures, and prints one line. */
  public static void main(String[] args) throws Exception {
    int streams = Integer.parseInt(args[4]);
    int rate = Integer.parseInt(args[5]);
    int seconds = Integer.parseInt(args[6]);
    FeedFleet fleet = new FeedFleet(streams, rate * seconds);
    long start = System.nanoTime();
    fleet.connect(Integer.parseInt(args[2]), streams);
    double connected = (System.nanoTime() - start) / 1e9;
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    long each = PERIOD.toNanos() / streams;
    AtomicInteger next = new AtomicInteger();
    LongAdder late = new LongAdder();
    var _ =
        timer.scheduleAtFixedRate(
            () -> {
              if (!fleet.streams.get(next.getAndIncrement() % streams).probe()) {
                late.increment();
              }
            },
            each,
            each,
            TimeUnit.NANOSECONDS);
    Thread.sleep(2 * PERIOD.toMillis());
    fleet.messages.reset();
    fleet.proofs.clear();
    late.reset();
    long ticks = ticks(args[3]);
    long begin = System.nanoTime();
    try (RevokingOperator operator = new RevokingOperator(args[0], Path.of(args[1]))) {
      fleet.revoke(operator, rate);
    }
    double took = (System.nanoTime() - begin) / 1e9;
    double cpu = (ticks(args[3]) - ticks) / (double) TICKS_A_SECOND / took;
    fleet.print(streams, connected, cpu, late.sum(), took);
    System.exit(0); // grpc's threads
  }

  private void connect(int port, int many) throws InterruptedException, IOException {
    for (int i = 0; i < many; i++) {
      Stream stream = new Stream(port);
      streams.add(stream);
      stream.open(i);
    }
    if (!proved.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(proved.getCount() + " streams have no proof");
    }
  }

  /** At a fixed rate, however long the answers take. */
  private void revoke(RevokingOperator operator, int rate) throws InterruptedException {
    long start = System.nanoTime();
    AtomicInteger failed = new AtomicInteger();
    try (ExecutorService operators = Executors.newFixedThreadPool(OPERATORS)) {
      for (int i = 0; i < samples.length; i++) {
        int number = i;
        long due = start + i * 1_000_000_000L / rate;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        var _ =
            operators.submit(
                () -> {
                  try {
                    samples[number].answered = operator.revoke("fleet-" + number);
                  } catch (IOException | InterruptedException e) {
                    if (failed.incrementAndGet() == 1) {
                      System.err.println("a revocation failed: " + e.getMessage());
                    }
                  }
                });
      }
    }
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (Arrays.stream(samples).anyMatch(s -> s.answered != 0 && s.missing.get() > 0)
        && System.nanoTime() < end) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private void print(int many, double connected, double cpu, long late, double took) {
    long[] nanos =
        Arrays.stream(samples)
            .filter(s -> s.answered != 0 && s.missing.get() <= 0)
            .mapToLong(s -> Math.max(0, s.last.get() - s.answered))
            .sorted()
            .toArray();
    long[] waited = proofs.stream().mapToLong(Long::longValue).sorted().toArray();
    long missed =
        Arrays.stream(samples).filter(s -> s.answered != 0 && s.missing.get() > 0).count();
    System.out.printf(
        Locale.ROOT,
        "FEEDS %d %.1f %.2f %d %.1f %.1f %.1f %d %d %.0f %.0f %.0f %d%n",
        many,
        connected,
        cpu,
        nanos.length,
        PropagationLoad.millis(nanos, 50),
        PropagationLoad.millis(nanos, 99),
        PropagationLoad.millis(nanos, 100),
        missed,
        ended.get(),
        PropagationLoad.millis(waited, 50),
        PropagationLoad.millis(waited, 99),
        messages.sum() / took,
        late);
  }

  private static long ticks(String pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
