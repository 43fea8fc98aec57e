package io.gat.server;

import io.gat.config.FeedConfig;
import io.gat.feed.AuthzServerState;
import io.gat.feed.FeedObserver;
import io.gat.feed.FeedService;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The issuer's feed port. */
final class FeedServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(FeedServer.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int MOST_STREAMS = 4_096;

  /** A feed has one stream on one connection; tools may have a few more. */
  private static final int STREAMS_A_CONNECTION = 16;

  private final FeedService service;
  private final String problem;
  private @Nullable GrpcListener listener;
  private @Nullable ReloadingTls tls;

  private FeedServer(FeedService service, String problem) {
    this.service = service;
    this.problem = problem;
  }

  /**
   * Starts to listen. Where nobody has asked for it and the usual address is taken, it goes without
   * and says so: {@link #problem}.
   *
   * @throws StartException where the configured address cannot be had, or TLS cannot be used
   */
  static FeedServer start(
      FeedConfig config, IssuerFeed source, FeedObserver observer, InstantSource clock)
      throws StartException {
    FeedService service = new FeedService(source, MOST_STREAMS, observer);
    FeedServer server = new FeedServer(service, "");
    try {
      server.listen(config, clock);
      return server;
    } catch (StartException e) {
      server.close();
      return switch (config.origin()) {
        case CONFIGURED -> throw e;
        case STANDARD -> {
          LOG.log(
              Level.WARNING,
              "no feed, so no other process can follow this issuer: {0} (gat.issuer.feed.listen"
                  + " says where else)",
              e.getMessage());
          yield new FeedServer(service, String.valueOf(e.getMessage()));
        }
      };
    }
  }

  private void listen(FeedConfig config, InstantSource clock) throws StartException {
    Optional<ReloadingTls> files = Optional.empty();
    if (config.tls().isPresent()) {
      tls = ReloadingTls.start(config.tls().get(), clock);
      files = Optional.of(tls);
    }
    BindableService guarded = service;
    if (config.bearer().isPresent()) {
      FeedBearer bearer = FeedBearer.asked(config.bearer().get());
      guarded = () -> ServerInterceptors.intercept(service.bindService(), bearer);
    }
    ConnectionLimits usual = ConnectionLimits.standard();
    listener =
        GrpcListener.tcp(
            config.listen().host(),
            config.listen().port(),
            new GrpcListener.Serving(
                List.of(guarded),
                GRACE,
                Overload.none(),
                new ConnectionLimits(
                    MOST_STREAMS, STREAMS_A_CONNECTION, usual.idle(), usual.slow()),
                files.map(ReloadingTls::forServer)));
  }

  /** Why there is no feed; empty where there is one. */
  String problem() {
    return problem;
  }

  /** How many streams there are. */
  int streams() {
    return service.streams();
  }

  /** The connected authz servers. */
  List<AuthzServerState> servers() {
    return service.servers();
  }

  /** Whether every connected authz server that is fresh has applied keys up to a position. */
  boolean haveKeys(long position) {
    return service.haveKeys(position);
  }

  /** The streams first: their servers go to another issuer, and nothing is left to wait for. */
  @Override
  public void close() {
    service.close();
    if (listener != null) {
      listener.close();
    }
    if (tls != null) {
      tls.close();
    }
  }
}
