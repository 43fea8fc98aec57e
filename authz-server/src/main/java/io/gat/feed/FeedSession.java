package io.gat.feed;

import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.Claimed;
import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.gat.feed.v1.Proof;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One authz server's stream, on the issuer's side.
 *
 * <p>What comes in is noted under a lock; one virtual thread sends. That thread takes from what all
 * streams share only what it can send at once, so a server that reads slowly holds up itself and
 * nothing else: there is no queue for it that could grow. Changes are sent when the service says
 * that there are some, proofs and answers without delay; a proof goes out behind the changes that
 * it covers.
 */
final class FeedSession implements StreamObserver<FromAuthz> {
  private static final System.Logger LOG = System.getLogger(FeedSession.class.getName());
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_WAITING = 64;
  private static final int MAX_NAME = 128;
  private static final int MAX_CLAIM_ID = 128;

  /** An authz server probes every 15 s at least: this one is gone, and nobody has said so. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  /** For so long after a proof a server counts as fresh, whatever it told before it had it. */
  private static final Duration PROVED = Duration.ofSeconds(2);

  private final FeedSource source;
  private final StreamObserver<Outgoing> out;
  private final FeedSender sender;
  private final Connected connected;
  private final FeedObserver observer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Queue<Long> probes = new ArrayDeque<>();
  private final Queue<Proof> proofs = new ArrayDeque<>();
  private final Queue<Claimed> claimed = new ArrayDeque<>();
  private @Nullable AuthzHello hello;
  private long lastHeard = System.nanoTime();
  private Optional<AuthzServerState> state = Optional.empty();
  private long countsAsFreshUntil = System.nanoTime();
  private int claims;
  private boolean vouching;
  private boolean changed;
  private @Nullable StreamEnd end;
  private @Nullable Thread thread;

  /** What is told of a connected authz server. */
  interface Connected {
    /** Takes its newest state. */
    void update(FeedSession session, AuthzServerState state);

    /** It is gone. */
    void gone(FeedSession session);
  }

  /**
   * A stream that has not begun.
   *
   * @param shared the source's changes
   */
  FeedSession(
      FeedSource source,
      SharedChanges shared,
      StreamObserver<Outgoing> out,
      Connected connected,
      FeedObserver observer) {
    this.source = source;
    this.out = out;
    this.sender = new FeedSender(source, shared, out, observer);
    this.connected = connected;
    this.observer = observer;
  }

  void start() {
    lock.lock();
    try {
      thread = Thread.ofVirtual().name("gat-feed-session").start(this::run);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onNext(FromAuthz message) {
    lock.lock();
    try {
      lastHeard = System.nanoTime();
      switch (message.getMessageCase()) {
        case HELLO -> {
          if (hello == null) {
            hello = message.getHello();
            // The lease that another issuer gave it may still run.
            is(new AuthzServerState(printable(hello.getServer()), 0, 0, HELLO_PATIENCE));
          }
        }
        case PROBE -> {
          // Whoever asks faster than it is answered wants the newest answer.
          if (probes.size() >= MOST_WAITING) {
            probes.remove();
          }
          probes.add(message.getProbe().getNonce());
        }
        case APPLIED -> applied(message.getApplied());
        case CLAIM -> claim(message.getClaim());
        case MESSAGE_NOT_SET -> {}
      }
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void applied(io.gat.feed.v1.Applied applied) {
    state.ifPresent(
        before ->
            is(
                new AuthzServerState(
                    before.name(),
                    applied.getPosition(),
                    applied.getKeysPosition(),
                    Duration.ofMillis(applied.getLeaseMillis()))));
  }

  private void is(AuthzServerState told) {
    Duration least = Duration.ofNanos(countsAsFreshUntil - System.nanoTime());
    AuthzServerState now =
        told.lease().compareTo(least) >= 0
            ? told
            : new AuthzServerState(told.name(), told.position(), told.keysPosition(), least);
    state = Optional.of(now);
    connected.update(this, now);
  }

  /** It may be fresh from now on. */
  private void countsAsFresh(Duration time) {
    lock.lock();
    try {
      countsAsFreshUntil = System.nanoTime() + time.toNanos();
      state.ifPresent(this::is);
    } finally {
      lock.unlock();
    }
  }

  private static String printable(String name) {
    String cut = name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    return cut.replaceAll("[^ -~]", "?");
  }

  private void claim(io.gat.feed.v1.Claim claim) {
    long nonce = claim.getNonce();
    boolean sound =
        !claim.getId().isEmpty()
            && claim.getId().length() <= MAX_CLAIM_ID
            && claim.getId().chars().allMatch(c -> c > 0x20 && c < 0x7f);
    if (claims + claimed.size() >= FeedWire.MOST_CLAIMS) {
      // Whoever asks more than it reads answers: nothing is kept for it.
      over(StreamEnd.RUDE);
      return;
    }
    if (!sound) {
      answer(nonce, ClaimOutcome.UNAVAILABLE);
      return;
    }
    claims++;
    var _ =
        source
            .claim(claim.getId(), Instant.ofEpochMilli(claim.getExpiresAtMillis()))
            .whenComplete(
                (outcome, failure) -> {
                  lock.lock();
                  try {
                    claims--;
                    answer(nonce, failure == null ? outcome : ClaimOutcome.UNAVAILABLE);
                    news.signalAll();
                  } finally {
                    lock.unlock();
                  }
                });
  }

  private void answer(long nonce, ClaimOutcome outcome) {
    observer.claimed(outcome);
    Claimed.Outcome told =
        switch (outcome) {
          case FIRST -> Claimed.Outcome.OUTCOME_FIRST;
          case REPEATED -> Claimed.Outcome.OUTCOME_REPEATED;
          case UNAVAILABLE -> Claimed.Outcome.OUTCOME_UNAVAILABLE;
        };
    claimed.add(Claimed.newBuilder().setNonce(nonce).setOutcome(told).build());
  }

  /** The server has given the stream up: nobody waits for what is being sent. */
  @Override
  public void onError(Throwable failure) {
    abandon(StreamEnd.LEFT);
  }

  @Override
  public void onCompleted() {
    end(StreamEnd.LEFT);
  }

  /** The first reason is the one that counts. To be called under the lock. */
  private void over(StreamEnd why) {
    if (end == null) {
      end = why;
    }
    news.signalAll();
  }

  /** Ends the stream once what is being sent is sent. */
  void end(StreamEnd why) {
    lock.lock();
    try {
      over(why);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream also where the server does not read. */
  void abandon(StreamEnd why) {
    lock.lock();
    try {
      over(why);
      if (thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether it has ended within this time. */
  boolean awaitEnd(Duration most) throws InterruptedException {
    Thread sending;
    lock.lock();
    try {
      sending = thread;
    } finally {
      lock.unlock();
    }
    return sending == null || sending.join(most);
  }

  /** There are changes of revocations or keys to send. */
  void changed() {
    lock.lock();
    try {
      changed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      if (greet()) {
        while (await()) {
          send();
        }
        out.onCompleted();
      }
    } catch (InterruptedException e) {
      fail(Status.CANCELLED);
      Thread.currentThread().interrupt();
    } catch (FeedSender.SlowReaderException e) {
      end(StreamEnd.SLOW);
      fail(Status.UNAVAILABLE.withDescription(e.getMessage()));
    } catch (RuntimeException e) {
      // The stream has broken, or the log has: the server asks another issuer, or this one again.
      LOG.log(System.Logger.Level.DEBUG, "a feed has ended", e);
      end(sender.isHeldUp() ? StreamEnd.SLOW : StreamEnd.BROKEN);
      fail(Status.UNAVAILABLE.withDescription("the feed has broken"));
    } finally {
      connected.gone(this);
      observer.ended(why());
    }
  }

  private StreamEnd why() {
    lock.lock();
    try {
      return end == null ? StreamEnd.BROKEN : end;
    } finally {
      lock.unlock();
    }
  }

  private void fail(Status status) {
    try {
      out.onError(status.asRuntimeException());
    } catch (RuntimeException e) {
      // It is gone already.
    }
  }

  /** Answers the hello and sends what the server lacks; false where there was none. */
  private boolean greet() throws InterruptedException {
    AuthzHello theirs = awaitHello();
    if (theirs == null) {
      end(StreamEnd.RUDE);
      fail(Status.INVALID_ARGUMENT.withDescription("a hello comes first"));
      return false;
    }
    sender.greet(theirs);
    return true;
  }

  private @Nullable AuthzHello awaitHello() throws InterruptedException {
    long rest = HELLO_PATIENCE.toNanos();
    lock.lock();
    try {
      while (hello == null && end == null) {
        if (rest <= 0) {
          return null;
        }
        rest = news.awaitNanos(rest);
      }
      return hello;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to send; false at the end. */
  private boolean await() throws InterruptedException {
    lock.lock();
    try {
      while (end == null
          && !changed
          && (probes.isEmpty() || vouching)
          && proofs.isEmpty()
          && claimed.isEmpty()) {
        long rest = SILENCE.toNanos() - (System.nanoTime() - lastHeard);
        if (rest <= 0) {
          over(StreamEnd.SILENT);
        } else {
          boolean _ = news.await(rest, TimeUnit.NANOSECONDS);
        }
      }
      return end == null;
    } finally {
      lock.unlock();
    }
  }

  private void send() {
    List<Long> asked = new ArrayList<>();
    List<Proof> proved = new ArrayList<>();
    List<Claimed> answers = new ArrayList<>();
    boolean news;
    lock.lock();
    try {
      if (!vouching) {
        drain(probes, asked);
        vouching = !asked.isEmpty();
      }
      drain(proofs, proved);
      drain(claimed, answers);
      news = changed;
      changed = false;
    } finally {
      lock.unlock();
    }
    if (!asked.isEmpty()) {
      vouch(asked);
    }
    answers.forEach(one -> sender.write(FromIssuer.newBuilder().setClaimed(one)));
    // A proof covers what the source had when it vouched, and it tells all of that by now.
    if (news || !proved.isEmpty()) {
      sender.changes();
      sender.keys();
    }
    if (!proved.isEmpty()) {
      countsAsFresh(PROVED);
    }
    proved.forEach(one -> sender.write(FromIssuer.newBuilder().setProof(one)));
  }

  private static <T> void drain(Queue<T> from, List<T> to) {
    to.addAll(from);
    from.clear();
  }

  /** One write vouches for all probes that came before it; those that come later wait. */
  private void vouch(List<Long> nonces) {
    long asked = System.nanoTime();
    var _ =
        source
            .vouch()
            .whenComplete(
                (vouched, failure) -> {
                  observer.vouched(
                      Duration.ofNanos(System.nanoTime() - asked),
                      failure == null
                          ? FeedObserver.Vouching.ACKNOWLEDGED
                          : FeedObserver.Vouching.FAILED);
                  lock.lock();
                  try {
                    vouching = false;
                    // No proof: leases run out, which is what a log that is away must lead to.
                    if (failure == null) {
                      nonces.forEach(nonce -> proofs.add(proof(nonce, vouched)));
                    }
                    news.signalAll();
                  } finally {
                    lock.unlock();
                  }
                });
  }

  private Proof proof(long nonce, FeedSource.Vouched vouched) {
    return Proof.newBuilder()
        .setNonce(nonce)
        .setIncarnation(source.incarnation())
        .setPosition(vouched.position())
        .setWallMillis(vouched.at().toEpochMilli())
        .build();
  }
}
