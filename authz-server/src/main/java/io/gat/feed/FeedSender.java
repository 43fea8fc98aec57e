package io.gat.feed;

import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.FromIssuer;
import io.gat.feed.v1.IssuerHello;
import io.gat.feed.v1.Keys;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What one stream was sent so far, and what it lacks. Belongs to the stream's one thread. */
final class FeedSender {
  /** Who holds up one message for as long is slow, whatever ends the stream then. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  private static final Duration CATCHING_UP = Duration.ofSeconds(5);

  private final FeedSource source;
  private final SharedChanges shared;
  private final StreamObserver<Outgoing> out;
  private final FeedObserver observer;
  private long sent;
  private long keysSent = -1;
  private long sending;

  FeedSender(
      FeedSource source,
      SharedChanges shared,
      StreamObserver<Outgoing> out,
      FeedObserver observer) {
    this.source = source;
    this.shared = shared;
    this.out = out;
    this.observer = observer;
  }

  /** The changes that a stream lacks are not in memory any more. */
  static final class SlowReaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlowReaderException() {
      super("this reader is too slow: begin anew");
    }
  }

  /** Answers a hello, and sends all that the server lacks. */
  void greet(AuthzHello theirs) throws InterruptedException {
    boolean same = theirs.getIncarnation().equals(source.incarnation());
    if (same && theirs.getPosition() > source.position()) {
      catchUp();
    }
    boolean resumed = same && source.changesAfter(theirs.getPosition(), 1).isPresent();
    write(
        FromIssuer.newBuilder()
            .setHello(
                IssuerHello.newBuilder()
                    .setIncarnation(source.incarnation())
                    .addAllPredecessors(source.predecessors())
                    .setLeewayMillis(source.leeway().toMillis())
                    .setResumed(resumed)));
    if (resumed) {
      sent = theirs.getPosition();
    } else {
      all();
    }
    changes();
    keys();
  }

  /** Another issuer has told it more than this one has read: it reads what the log has. */
  private void catchUp() throws InterruptedException {
    try {
      var _ = source.vouch().get(CATCHING_UP.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("this issuer is behind, and its log does not answer", e);
    }
  }

  private void all() {
    SharedChanges.Snapshot all = shared.snapshot();
    for (int part = 0; part < all.parts(); part++) {
      write(all.part(part), all.size(part));
    }
    sent = all.position();
  }

  /** Sends the changes up to where the source is. */
  void changes() {
    while (sent < source.position()) {
      SharedChanges.Step next = shared.after(sent).orElseThrow(SlowReaderException::new);
      write(next.message(), next.changes());
      sent = next.position();
    }
  }

  /** Sends the keys, where there are others than before. */
  void keys() {
    FeedSource.Keys keys = source.keys();
    if (keys.position() != keysSent) {
      keysSent = keys.position();
      write(
          FromIssuer.newBuilder()
              .setKeys(Keys.newBuilder().setPosition(keys.position()).setJwks(keys.jwks())));
    }
  }

  void write(FromIssuer.Builder message) {
    write(Outgoing.of(message.build()), 0);
  }

  /** Sends, and waits for room where there is none. */
  private void write(Outgoing message, int changes) {
    sending = System.nanoTime();
    out.onNext(message);
    sending = 0;
    observer.sent(changes, message.size());
  }

  /** True where the message that failed had waited for long. */
  boolean isHeldUp() {
    return sending != 0 && System.nanoTime() - sending >= SLOW.toNanos();
  }
}
