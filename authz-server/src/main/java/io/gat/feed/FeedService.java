package io.gat.feed;

import io.gat.feed.v1.FromAuthz;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The issuer's end of all feeds. Who may connect is decided before, by the listener.
 *
 * <p>One thread waits for changes of the source and wakes all streams, at once after a quiet time
 * and otherwise every 25 ms, so that they send the same steps.
 */
public final class FeedService implements BindableService, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FeedService.class.getName());
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private static final Duration COALESCED = Duration.ofMillis(25);

  private final FeedSource source;
  private final SharedChanges shared;
  private final int most;
  private final FeedObserver observer;
  private final Semaphore changes = new Semaphore(0);
  private final Runnable onChange = changes::release;
  private @Nullable Thread pacer;
  private final Set<FeedSession> sessions = ConcurrentHashMap.newKeySet();
  private final Map<FeedSession, Told> states = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** What a server has told, and when, by {@link System#nanoTime()}. */
  private record Told(AuthzServerState state, long at) {
    /** As it is now, if nothing has come since. */
    AuthzServerState now() {
      return new AuthzServerState(
          state.name(),
          state.position(),
          state.keysPosition(),
          state.lease().minusNanos(System.nanoTime() - at));
    }
  }

  /**
   * A service.
   *
   * @param most how many streams there may be, in [1, ∞)
   */
  public FeedService(FeedSource source, int most) {
    this(source, most, FeedObserver.nobody());
  }

  /**
   * A service.
   *
   * @param most how many streams there may be, in [1, ∞)
   * @param observer is told what they do
   */
  public FeedService(FeedSource source, int most, FeedObserver observer) {
    this.source = Objects.requireNonNull(source);
    this.shared = new SharedChanges(source);
    this.most = most;
    this.observer = Objects.requireNonNull(observer);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(FeedWire.SERVICE)
        .addMethod(FeedWire.ANSWERED, ServerCalls.asyncBidiStreamingCall(this::follow))
        .build();
  }

  private StreamObserver<FromAuthz> follow(StreamObserver<Outgoing> out) {
    FeedSession session =
        new FeedSession(
            source,
            shared,
            out,
            new FeedSession.Connected() {
              @Override
              public void update(FeedSession which, AuthzServerState state) {
                states.put(which, new Told(state, System.nanoTime()));
                if (!sessions.contains(which)) {
                  states.remove(which); // gone meanwhile, perhaps before this was put
                }
              }

              @Override
              public void gone(FeedSession which) {
                sessions.remove(which);
                states.remove(which);
              }
            },
            observer);
    if (closed || sessions.size() >= most) {
      observer.ended(closed ? StreamEnd.STOPPED : StreamEnd.NO_ROOM);
      out.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("no room for another feed; ask another issuer")
              .asRuntimeException());
      return session;
    }
    pace();
    // Before it reads anything of the source: no change falls between.
    sessions.add(session);
    session.start();
    return session;
  }

  private synchronized void pace() {
    if (pacer == null) {
      source.onChange(onChange);
      pacer = Thread.ofVirtual().name("gat-feed-pacer").start(this::wake);
    }
  }

  private void wake() {
    try {
      while (!closed) {
        changes.acquire();
        changes.drainPermits();
        try {
          shared.advance();
        } catch (RuntimeException e) {
          // Each stream finds out for itself, and ends where it cannot go on.
          LOG.log(System.Logger.Level.WARNING, "changes cannot be shared: {0}", e.toString());
        }
        sessions.forEach(FeedSession::changed);
        // What comes meanwhile goes out together.
        Thread.sleep(COALESCED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service is closed
    }
  }

  /** The connected authz servers that have told how far they are. */
  public List<AuthzServerState> servers() {
    return states.values().stream().map(Told::now).toList();
  }

  /** How many streams there are. */
  public int streams() {
    return sessions.size();
  }

  /**
   * Whether every connected authz server that is fresh has applied keys up to a position of the
   * log. One that is stale decides nothing before it has caught up.
   */
  public boolean haveKeys(long position) {
    return states.values().stream()
        .map(Told::now)
        .filter(state -> state.lease().compareTo(Duration.ZERO) > 0)
        .allMatch(state -> state.keysPosition() >= position);
  }

  /** Ends all streams; their servers go to another issuer. */
  @Override
  public void close() {
    closed = true;
    source.remove(onChange);
    Thread waking;
    synchronized (this) {
      waking = pacer;
    }
    if (waking != null) {
      waking.interrupt();
    }
    List<FeedSession> all = List.copyOf(sessions);
    all.forEach(one -> one.end(StreamEnd.STOPPED));
    try {
      long end = System.nanoTime() + GOODBYE.toNanos();
      for (FeedSession one : all) {
        if (!one.awaitEnd(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          one.abandon(StreamEnd.STOPPED);
        }
      }
    } catch (InterruptedException e) {
      all.forEach(one -> one.abandon(StreamEnd.STOPPED));
      Thread.currentThread().interrupt();
    }
  }
}
