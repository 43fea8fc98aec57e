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
import java.util.concurrent.TimeUnit;
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
  private int claims;
  private boolean changed;
  private boolean ended;

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
    Thread.ofVirtual().name("gat-feed-session").start(this::run);
  }

  @Override
  public void onNext(FromAuthz message) {
    lock.lock();
    try {
      switch (message.getMessageCase()) {
        case HELLO -> hello = hello == null ? message.getHello() : hello;
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
    AuthzHello name = hello;
    if (name != null) {
      connected.update(
          this,
          new AuthzServerState(
              printable(name.getServer()),
              applied.getPosition(),
              applied.getKeysPosition(),
              Duration.ofMillis(applied.getLeaseMillis())));
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
    if (!sound || claims >= MOST_WAITING) {
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

  @Override
  public void onError(Throwable failure) {
    end();
  }

  @Override
  public void onCompleted() {
    end();
  }

  void end() {
    lock.lock();
    try {
      ended = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
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
      if (!greet()) {
        return;
      }
      source.onChange(onChange);
      while (await()) {
        send();
      }
      out.onCompleted();
    } catch (InterruptedException e) {
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
      while (!ended && probes.isEmpty() && proofs.isEmpty() && claimed.isEmpty()) {
        if (!changed) {
          news.await();
          continue;
        }
        long rest = COALESCED.toNanos() - (System.nanoTime() - lastChanges);
        if (rest <= 0) {
          break;
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
      drain(probes, asked);
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
    proved.forEach(one -> out.onNext(FromIssuer.newBuilder().setProof(one).build()));
  }

  private static <T> void drain(Queue<T> from, List<T> to) {
    to.addAll(from);
    from.clear();
  }

  /** One write vouches for all probes that came before it. */
  private void vouch(List<Long> nonces) {
    var _ =
        source
            .vouch()
            .whenComplete(
                (vouched, failure) -> {
                  if (failure != null) {
                    // No proof: leases run out, which is what a log that is away must lead to.
                    return;
                  }
                  lock.lock();
                  try {
                    for (long nonce : nonces) {
                      proofs.add(
                          Proof.newBuilder()
                              .setNonce(nonce)
                              .setIncarnation(source.incarnation())
                              .setPosition(vouched.position())
                              .setWallMillis(vouched.at().toEpochMilli())
                              .build());
                    }
                    news.signalAll();
                  } finally {
                    lock.unlock();
                  }
                });
  }
}
