package io.gat.feed;

import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.Changes;
import io.gat.feed.v1.Claimed;
import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.gat.feed.v1.IssuerHello;
import io.gat.feed.v1.Keys;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One authz server's stream, on the issuer's side.
 *
 * <p>What comes in is noted under a lock; one virtual thread sends. That thread takes from the
 * source only what it can send at once, so a server that reads slowly holds up itself and nothing
 * else: there is no queue for it that could grow. Changes are sent at most every 25 ms, proofs and
 * answers without delay; a proof goes out behind the changes that it covers.
 */
final class FeedSession implements StreamObserver<FromAuthz> {
  private static final System.Logger LOG = System.getLogger(FeedSession.class.getName());
  private static final Duration COALESCED = Duration.ofMillis(25);
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_CHANGES = 5_000;
  private static final int MOST_WAITING = 64;
  private static final int MAX_NAME = 128;
  private static final int MAX_CLAIM_ID = 128;

  /** An authz server probes every 15 s at least: this one is gone, and nobody has said so. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  /** For so long after a proof a server counts as fresh, whatever it told before it had it. */
  private static final Duration PROVED = Duration.ofSeconds(2);

  private static final Duration CATCHING_UP = Duration.ofSeconds(5);

  private final FeedSource source;
  private final StreamObserver<FromIssuer> out;
  private final Connected connected;
  private final Runnable onChange = this::changed;

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
  private boolean ended;
  private @Nullable Thread thread;

  // What follows belongs to the one thread.
  private long sent;
  private long keysSent = -1;
  private long lastChanges;

  /** What is told of a connected authz server. */
  interface Connected {
    /** Takes its newest state. */
    void update(FeedSession session, AuthzServerState state);

    /** It is gone. */
    void gone(FeedSession session);
  }

  FeedSession(FeedSource source, StreamObserver<FromIssuer> out, Connected connected) {
    this.source = source;
    this.out = out;
    this.connected = connected;
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
      ended = true;
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
    abandon();
  }

  @Override
  public void onCompleted() {
    end();
  }

  /** Ends the stream once what is being sent is sent. */
  void end() {
    lock.lock();
    try {
      ended = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream also where the server does not read. */
  void abandon() {
    lock.lock();
    try {
      ended = true;
      news.signalAll();
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

  private void changed() {
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
      // Before anything is read from it: no change falls between.
      source.onChange(onChange);
      if (!greet()) {
        return;
      }
      while (await()) {
        send();
      }
      out.onCompleted();
    } catch (InterruptedException e) {
      fail(Status.CANCELLED);
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The stream has broken, or the log has: the server asks another issuer, or this one again.
      LOG.log(System.Logger.Level.DEBUG, "a feed has ended", e);
      fail(Status.UNAVAILABLE.withDescription("the feed has broken"));
    } finally {
      source.remove(onChange);
      connected.gone(this);
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
      fail(Status.INVALID_ARGUMENT.withDescription("a hello comes first"));
      return false;
    }
    boolean same = theirs.getIncarnation().equals(source.incarnation());
    if (same && theirs.getPosition() > source.position()) {
      catchUp();
    }
    Optional<FeedSource.Changes> rest =
        same ? source.changesAfter(theirs.getPosition(), MOST_CHANGES) : Optional.empty();
    out.onNext(
        FromIssuer.newBuilder()
            .setHello(
                IssuerHello.newBuilder()
                    .setIncarnation(source.incarnation())
                    .addAllPredecessors(source.predecessors())
                    .setLeewayMillis(source.leeway().toMillis())
                    .setResumed(rest.isPresent()))
            .build());
    if (rest.isPresent()) {
      sent = theirs.getPosition();
      sendChanges();
    } else {
      sendAll();
    }
    sendKeys();
    return true;
  }

  /** Another issuer has told it more than this one has read: it reads what the log has. */
  private void catchUp() throws InterruptedException {
    try {
      var _ = source.vouch().get(CATCHING_UP.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("this issuer is behind, and its log does not answer", e);
    }
  }

  private @Nullable AuthzHello awaitHello() throws InterruptedException {
    long rest = HELLO_PATIENCE.toNanos();
    lock.lock();
    try {
      while (hello == null && !ended) {
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

  private void sendAll() {
    FeedSource.All all = source.all();
    int size = all.revocations().size();
    int from = 0;
    do {
      int to = Math.min(size, from + MOST_CHANGES);
      Changes.Builder part =
          Changes.newBuilder().setPosition(all.position()).setComplete(to == size);
      all.revocations()
          .subList(from, to)
          .forEach(one -> part.addChanges(FeedMessages.write(new FeedChange.Added(one))));
      out.onNext(FromIssuer.newBuilder().setChanges(part).build());
      from = to;
    } while (from < size);
    sent = all.position();
    lastChanges = System.nanoTime();
  }

  private void sendChanges() {
    while (sent < source.position()) {
      FeedSource.Changes next =
          source
              .changesAfter(sent, MOST_CHANGES)
              .orElseThrow(() -> new IllegalStateException("this reader is too slow: begin anew"));
      Changes.Builder message =
          Changes.newBuilder().setAfter(sent).setPosition(next.position()).setComplete(true);
      next.changes().forEach(change -> message.addChanges(FeedMessages.write(change)));
      out.onNext(FromIssuer.newBuilder().setChanges(message).build());
      sent = next.position();
    }
    lastChanges = System.nanoTime();
  }

  private void sendKeys() {
    FeedSource.Keys keys = source.keys();
    if (keys.position() != keysSent) {
      keysSent = keys.position();
      out.onNext(
          FromIssuer.newBuilder()
              .setKeys(Keys.newBuilder().setPosition(keys.position()).setJwks(keys.jwks()))
              .build());
    }
  }

  /** Waits until there is something to send; false at the end. */
  private boolean await() throws InterruptedException {
    lock.lock();
    try {
      while (!ended && (probes.isEmpty() || vouching) && proofs.isEmpty() && claimed.isEmpty()) {
        long now = System.nanoTime();
        long rest = SILENCE.toNanos() - (now - lastHeard);
        if (rest <= 0) {
          return false;
        }
        if (changed) {
          rest = Math.min(rest, COALESCED.toNanos() - (now - lastChanges));
          if (rest <= 0) {
            break;
          }
        }
        boolean _ = news.await(rest, TimeUnit.NANOSECONDS);
      }
      return !ended;
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
    answers.forEach(one -> out.onNext(FromIssuer.newBuilder().setClaimed(one).build()));
    // A proof covers what the source had when it vouched, and it tells all of that by now.
    if (news || !proved.isEmpty()) {
      sendChanges();
      sendKeys();
    }
    if (!proved.isEmpty()) {
      countsAsFresh(PROVED);
    }
    proved.forEach(one -> out.onNext(FromIssuer.newBuilder().setProof(one).build()));
  }

  private static <T> void drain(Queue<T> from, List<T> to) {
    to.addAll(from);
    from.clear();
  }

  /** One write vouches for all probes that came before it; those that come later wait. */
  private void vouch(List<Long> nonces) {
    var _ =
        source
            .vouch()
            .whenComplete(
                (vouched, failure) -> {
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
