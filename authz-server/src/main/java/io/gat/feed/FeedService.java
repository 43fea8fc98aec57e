package io.gat.feed;

import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
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

/** The issuer's end of all feeds. Who may connect is decided before, by the listener. */
public final class FeedService implements BindableService, AutoCloseable {
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private final FeedSource source;
  private final int most;
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
    this.source = Objects.requireNonNull(source);
    this.most = most;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(FeedWire.SERVICE)
        .addMethod(FeedWire.FOLLOW, ServerCalls.asyncBidiStreamingCall(this::follow))
        .build();
  }

  private StreamObserver<FromAuthz> follow(StreamObserver<FromIssuer> out) {
    FeedSession session =
        new FeedSession(
            source,
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
            });
    if (closed || sessions.size() >= most) {
      out.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("no room for another feed; ask another issuer")
              .asRuntimeException());
      return session;
    }
    sessions.add(session);
    session.start();
    return session;
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
    List<FeedSession> all = List.copyOf(sessions);
    all.forEach(FeedSession::end);
    try {
      long end = System.nanoTime() + GOODBYE.toNanos();
      for (FeedSession one : all) {
        if (!one.awaitEnd(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          one.abandon();
        }
      }
    } catch (InterruptedException e) {
      all.forEach(FeedSession::abandon);
      Thread.currentThread().interrupt();
    }
  }
}
