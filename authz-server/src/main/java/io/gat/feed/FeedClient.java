package io.gat.feed;

import io.gat.feed.v1.Applied;
import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.Change;
import io.gat.feed.v1.Changes;
import io.gat.feed.v1.Claim;
import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.gat.feed.v1.IssuerHello;
import io.gat.feed.v1.Probe;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The authz server's end of a feed: one stream to one of several issuers of the same log, and
 * another one as soon as that fails or proves nothing any more.
 *
 * <p>It probes four times in each max-staleness, and gives up an issuer that leaves a probe
 * unanswered for two probes' time; where there are others, for a second at most. {@link
 * Reconnection} says when it asks the next one.
 *
 * <p>It tells the issuer how far it is with each proof, and after changes five times a second at
 * most.
 */
public final class FeedClient implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FeedClient.class.getName());
  private static final int PROBES = 4;
  private static final int LOOKS = 4;

  /** An issuer takes a server that is silent for longer than a minute for dead. */
  private static final Duration LONGEST_PERIOD = Duration.ofSeconds(15);

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Of news that nobody waits for. */
  private static final Duration TOLD = Duration.ofMillis(200);

  private final String server;
  private final List<Issuer> issuers;
  private final FeedFollower follower;
  private final Duration period;
  private final Duration patience;
  private final KeysListener keys;
  private final Consumer<StreamLoss> losses;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<Long, CompletableFuture<ClaimOutcome>> claims = new ConcurrentHashMap<>();
  private final AtomicLong claimed = new AtomicLong();
  private final AtomicLong keysPosition = new AtomicLong();
  private volatile @Nullable Stream stream;
  private volatile @Nullable Thread thread;

  /**
   * One of the issuers.
   *
   * @param name for messages
   * @param connect makes a channel with its credentials; throws where they cannot be read
   */
  public record Issuer(String name, Supplier<ManagedChannel> connect) {
    public Issuer {
      Objects.requireNonNull(name);
      Objects.requireNonNull(connect);
    }
  }

  /** Takes the issuer's keys. */
  @FunctionalInterface
  public interface KeysListener {
    /**
     * Takes a whole key set.
     *
     * @param jwks RFC 7517, section 5
     * @param position of its newest change in the log
     */
    void take(String jwks, long position);
  }

  /**
   * A client that has not started.
   *
   * @param server what this server calls itself
   * @param issuers at least one
   * @param follower takes what they tell
   * @param maxStaleness the shortest that anything is judged by
   */
  public FeedClient(
      String server,
      List<Issuer> issuers,
      FeedFollower follower,
      Duration maxStaleness,
      KeysListener keys) {
    this(server, issuers, follower, maxStaleness, keys, loss -> {});
  }

  /**
   * A client that has not started.
   *
   * @param server what this server calls itself
   * @param issuers at least one
   * @param follower takes what they tell
   * @param maxStaleness the shortest that anything is judged by
   * @param losses is told why each stream has ended, or could not begin
   */
  public FeedClient(
      String server,
      List<Issuer> issuers,
      FeedFollower follower,
      Duration maxStaleness,
      KeysListener keys,
      Consumer<StreamLoss> losses) {
    if (issuers.isEmpty()) {
      throw new IllegalArgumentException("a feed needs an issuer");
    }
    this.server = Objects.requireNonNull(server);
    this.issuers = List.copyOf(issuers);
    this.follower = Objects.requireNonNull(follower);
    this.period = shorter(maxStaleness.dividedBy(PROBES), LONGEST_PERIOD);
    Duration two = period.multipliedBy(2);
    this.patience = issuers.size() == 1 ? two : shorter(two, PATIENCE);
    this.keys = Objects.requireNonNull(keys);
    this.losses = Objects.requireNonNull(losses);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /** Begins, and goes on until {@link #close}. Once. */
  public void start() {
    thread = Thread.ofVirtual().name("gat-feed-client").start(this::run);
  }

  private void run() {
    List<Issuer> order = new ArrayList<>(issuers);
    Collections.shuffle(order);
    Reconnection reconnection = new Reconnection(order.size(), RandomGenerator.getDefault());
    String told = "";
    try {
      for (int at = 0; closed.getCount() > 0; at++) {
        Issuer issuer = order.get(at % order.size());
        Stream now = new Stream(follower.begin());
        End end = follow(issuer, now);
        if (closed.getCount() == 0) {
          break;
        }
        losses.accept(end.loss());
        String why = issuer.name() + ": " + end.why();
        if (now.hasProved()) {
          told = "";
        }
        if (!why.equals(told)) {
          LOG.log(System.Logger.Level.WARNING, "the feed has ended: {0}", why);
          told = why;
        }
        rest(now.hasProved() ? reconnection.afterProved() : reconnection.afterFailure());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** So long, or until the end. */
  private void rest(Duration time) throws InterruptedException {
    boolean _ = closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * How a stream has ended.
   *
   * @param why for a person
   */
  private record End(StreamLoss loss, String why) {
    /** As gRPC tells it. */
    static End of(Status status) {
      StreamLoss loss =
          switch (status.getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED -> StreamLoss.NOT_ADMITTED;
            default -> StreamLoss.UNREACHABLE;
          };
      return new End(loss, status.toString());
    }
  }

  /** Until the stream ends; says why it did. */
  private End follow(Issuer issuer, Stream now) throws InterruptedException {
    ManagedChannel channel;
    try {
      channel = issuer.connect().get();
    } catch (RuntimeException e) {
      return new End(StreamLoss.NO_CREDENTIALS, String.valueOf(e.getMessage()));
    }
    try {
      stream = now;
      if (closed.getCount() == 0) {
        return new End(StreamLoss.CLOSED, "this server is stopping");
      }
      now.open(channel);
      Duration look = shorter(period, patience).dividedBy(LOOKS);
      int looks = 0;
      while (!now.ended.await(look.toNanos(), TimeUnit.NANOSECONDS)) {
        looks++;
        if (now.incoming.unansweredFor().compareTo(patience) > 0) {
          now.end(new End(StreamLoss.SILENT, "it proves nothing any more"));
        } else if (look.multipliedBy(looks).compareTo(period) >= 0) {
          looks = 0;
          now.probe();
        }
      }
      return now.ended();
    } finally {
      stream = null;
      failClaims();
      channel.shutdownNow();
    }
  }

  private void failClaims() {
    for (Long nonce : List.copyOf(claims.keySet())) {
      CompletableFuture<ClaimOutcome> waiting = claims.remove(nonce);
      if (waiting != null) {
        waiting.complete(ClaimOutcome.UNAVAILABLE);
      }
    }
  }

  /** One stream. */
  private final class Stream implements ClientResponseObserver<FromAuthz, FromIssuer> {
    private final FeedFollower.Stream incoming;
    private final CountDownLatch ended = new CountDownLatch(1);
    private End end = new End(StreamLoss.FAILED, "");
    private boolean over;
    private long lastTold;
    private volatile boolean proved;
    private volatile @Nullable ClientCallStreamObserver<FromAuthz> out;

    Stream(FeedFollower.Stream incoming) {
      this.incoming = incoming;
    }

    boolean hasProved() {
      return proved;
    }

    void open(ManagedChannel channel) {
      var _ =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(FeedWire.FOLLOW, CallOptions.DEFAULT), this);
      send(
          FromAuthz.newBuilder()
              .setHello(
                  AuthzHello.newBuilder()
                      .setServer(server)
                      .setIncarnation(incoming.from().incarnation())
                      .setPosition(incoming.from().position()))
              .build());
      probe();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromAuthz> requestStream) {
      out = requestStream;
    }

    private synchronized void send(FromAuthz message) {
      ClientCallStreamObserver<FromAuthz> to = out;
      if (to != null && !over) {
        try {
          to.onNext(message);
        } catch (IllegalStateException e) {
          // It has ended meanwhile; whoever waits is told by that.
        }
      }
    }

    void probe() {
      send(FromAuthz.newBuilder().setProbe(Probe.newBuilder().setNonce(incoming.probe())).build());
    }

    private void applied() {
      lastTold = System.nanoTime();
      send(
          FromAuthz.newBuilder()
              .setApplied(
                  Applied.newBuilder()
                      .setPosition(follower.place().position())
                      .setKeysPosition(keysPosition.get())
                      .setLeaseMillis(follower.remaining().toMillis()))
              .build());
    }

    @Override
    public synchronized void onNext(FromIssuer message) {
      if (over) {
        return;
      }
      try {
        take(message);
      } catch (FeedFollower.UntrustworthyException e) {
        end(new End(StreamLoss.UNTRUSTWORTHY, String.valueOf(e.getMessage())));
      } catch (FeedMessages.UnknownChangeException e) {
        end(new End(StreamLoss.UNKNOWN_CHANGE, String.valueOf(e.getMessage())));
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a feed cannot be applied", e);
        end(new End(StreamLoss.FAILED, "a bug"));
      }
    }

    private void take(FromIssuer message)
        throws FeedFollower.UntrustworthyException, FeedMessages.UnknownChangeException {
      switch (message.getMessageCase()) {
        case HELLO -> {
          IssuerHello hello = message.getHello();
          incoming.hello(
              hello.getIncarnation(),
              hello.getPredecessorsList(),
              Duration.ofMillis(hello.getLeewayMillis()),
              hello.getResumed());
        }
        case CHANGES -> {
          changes(message.getChanges());
          if (message.getChanges().getComplete()
              && System.nanoTime() - lastTold >= TOLD.toNanos()) {
            applied();
          }
        }
        case KEYS -> {
          keys.take(message.getKeys().getJwks(), message.getKeys().getPosition());
          keysPosition.set(message.getKeys().getPosition());
          applied();
        }
        case PROOF -> {
          incoming.proof(
              message.getProof().getNonce(),
              message.getProof().getIncarnation(),
              message.getProof().getPosition());
          proved = true;
          applied();
        }
        case CLAIMED -> {
          CompletableFuture<ClaimOutcome> waiting = claims.remove(message.getClaimed().getNonce());
          if (waiting != null) {
            waiting.complete(
                switch (message.getClaimed().getOutcome()) {
                  case OUTCOME_FIRST -> ClaimOutcome.FIRST;
                  case OUTCOME_REPEATED -> ClaimOutcome.REPEATED;
                  case OUTCOME_UNAVAILABLE, OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
                      ClaimOutcome.UNAVAILABLE;
                });
          }
        }
        // Of a later version, and nothing that this one has to know.
        case MESSAGE_NOT_SET -> {}
      }
    }

    private void changes(Changes message)
        throws FeedFollower.UntrustworthyException, FeedMessages.UnknownChangeException {
      List<FeedChange> changes = new ArrayList<>(message.getChangesCount());
      for (Change change : message.getChangesList()) {
        changes.add(FeedMessages.read(change));
      }
      incoming.changes(changes, message.getAfter(), message.getPosition(), message.getComplete());
    }

    @Override
    public void onError(Throwable failure) {
      finish(End.of(Status.fromThrowable(failure)));
    }

    @Override
    public void onCompleted() {
      finish(new End(StreamLoss.CLOSED, "the issuer is stopping"));
    }

    /** The stream's reset is on its way before whoever waits may close the connection. */
    void end(End how) {
      over(how);
      ClientCallStreamObserver<FromAuthz> to = out;
      if (to != null) {
        to.cancel(how.why(), null);
      }
      ended.countDown();
    }

    private void finish(End how) {
      over(how);
      ended.countDown();
    }

    /** After it has returned, nothing that this stream still brings counts. */
    private synchronized void over(End how) {
      if (!over) {
        over = true;
        end = how;
      }
    }

    /** How it has ended. */
    synchronized End ended() {
      return end;
    }
  }

  /**
   * Uses a single-use value.
   *
   * @param id 1 to 128 characters of visible ASCII
   * @param expiresAt until then the log remembers it
   * @return completes with {@link ClaimOutcome#UNAVAILABLE} where no issuer answers; who waits sets
   *     a time-out
   */
  public CompletableFuture<ClaimOutcome> claim(String id, Instant expiresAt) {
    Stream now = stream;
    if (now == null || claims.size() >= FeedWire.MOST_CLAIMS) {
      return CompletableFuture.completedFuture(ClaimOutcome.UNAVAILABLE);
    }
    long nonce = claimed.incrementAndGet();
    CompletableFuture<ClaimOutcome> outcome = new CompletableFuture<>();
    claims.put(nonce, outcome);
    now.send(
        FromAuthz.newBuilder()
            .setClaim(
                Claim.newBuilder()
                    .setNonce(nonce)
                    .setId(id)
                    .setExpiresAtMillis(expiresAt.toEpochMilli()))
            .build());
    if (stream != now) {
      // It has ended between the look and the call: nobody else would tell.
      failClaims();
    }
    return outcome.whenComplete((o, failure) -> claims.remove(nonce));
  }

  @Override
  public void close() {
    closed.countDown();
    Stream now = stream;
    if (now != null) {
      now.end(new End(StreamLoss.CLOSED, "this server is stopping"));
    }
    Thread running = thread;
    if (running != null) {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
