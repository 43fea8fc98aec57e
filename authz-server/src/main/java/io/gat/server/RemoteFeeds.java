package io.gat.server;

import io.gat.config.AuthzConfig;
import io.gat.config.KeysConfig;
import io.gat.config.ListenAddress;
import io.gat.config.TlsConfig;
import io.gat.config.TrustConfig;
import io.gat.decide.LiveSnapshot;
import io.gat.feed.FeedClient;
import io.gat.feed.FeedFollower;
import io.gat.keys.JwksReader;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.revocation.Moment;
import io.gat.telemetry.DecisionMetrics;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The feeds from the issuers of other processes to the authz role of this one. */
final class RemoteFeeds implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RemoteFeeds.class.getName());

  /** A part of a snapshot has 5,000 entries, each with a value of a few hundred characters. */
  private static final int MAX_MESSAGE = 16 * 1024 * 1024;

  /** A fixed one: without it, the client measures the way with a ping for every message. */
  private static final int WINDOW = 1024 * 1024;

  private final List<FeedClient> clients = new ArrayList<>();

  private RemoteFeeds() {}

  /**
   * Starts a feed for each trusted issuer that has one and is not in this process; returns at once.
   *
   * @param own the URL of this process's issuer
   * @param ready called when an issuer's keys and a first proof are there; perhaps several times
   * @param metrics show how they follow
   * @throws StartException where TLS cannot be used as configured
   */
  static RemoteFeeds start(
      AuthzConfig config,
      Optional<String> own,
      LiveSnapshot live,
      Moment.Source clock,
      Runnable ready,
      DecisionMetrics metrics)
      throws StartException {
    RemoteFeeds feeds = new RemoteFeeds();
    for (TrustConfig trust : config.trust()) {
      String issuer = trust.terms().issuer();
      if (trust.keys() instanceof KeysConfig.Feed feed && !own.equals(Optional.of(issuer))) {
        if (feed.tls().isPresent()) {
          var _ = credentials(feed.tls()); // a mistake in the files shows at the start
        }
        if (feed.bearer().isPresent()) {
          FeedBearer.check(feed.bearer().get());
        }
        feeds.clients.add(client(issuer, feed, config, live, clock, ready, metrics));
      }
    }
    feeds.clients.forEach(FeedClient::start);
    return feeds;
  }

  private static FeedClient client(
      String issuer,
      KeysConfig.Feed feed,
      AuthzConfig config,
      LiveSnapshot live,
      Moment.Source clock,
      Runnable ready,
      DecisionMetrics metrics) {
    AtomicBoolean hasKeys = new AtomicBoolean();
    AtomicBoolean isProved = new AtomicBoolean();
    FeedFollower follower =
        new FeedFollower(
            config.freshness().maxStaleness(),
            clock,
            view -> {
              live.feed(issuer, view);
              if (view.lease().length().isPositive()) {
                isProved.set(true);
                if (hasKeys.get()) {
                  ready.run();
                }
              }
            });
    JwksReader reader = new JwksReader("the feed of " + issuer);
    return new FeedClient(
        name(),
        feed.addresses().stream().map(address -> issuer(address, feed)).toList(),
        follower,
        config.freshness().strictest(),
        (jwks, position) -> {
          if (taken(issuer, reader, jwks, live, clock.now().wall())) {
            hasKeys.set(true);
            if (isProved.get()) {
              ready.run();
            }
          }
        },
        metrics.follows(issuer, follower::lag, () -> follower.place().position()));
  }

  /** Keys that cannot be read leave the last good ones where they are. */
  private static boolean taken(
      String issuer, JwksReader reader, String jwks, LiveSnapshot live, Instant now) {
    synchronized (reader) {
      try {
        live.keys(issuer, new KeySet(reader.read(jwks), now, Instant.MAX));
        return true;
      } catch (KeySourceException e) {
        LOG.log(Level.ERROR, "{0}; the last good keys stay", e.getMessage());
        return false;
      }
    }
  }

  /** For people who look at the issuer: which machine or pod, and which process of it. */
  private static String name() {
    return System.getenv().getOrDefault("HOSTNAME", "gat") + "/" + ProcessHandle.current().pid();
  }

  private static FeedClient.Issuer issuer(ListenAddress.Tcp address, KeysConfig.Feed feed) {
    return new FeedClient.Issuer(address.toString(), () -> channel(address, feed));
  }

  /** The files are read for each connection: a renewed certificate needs no restart. */
  private static ManagedChannel channel(ListenAddress.Tcp address, KeysConfig.Feed feed) {
    try {
      return NettyChannelBuilder.forAddress(address.host(), address.port(), credentials(feed.tls()))
          .flowControlWindow(WINDOW)
          .maxInboundMessageSize(MAX_MESSAGE)
          .intercept(feed.bearer().map(FeedBearer::shown).stream().toList())
          .build();
    } catch (StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static ChannelCredentials credentials(Optional<TlsConfig> tls) throws StartException {
    return tls.isPresent()
        ? TlsFiles.read(tls.get()).forClient()
        : InsecureChannelCredentials.create();
  }

  @Override
  public void close() {
    clients.forEach(FeedClient::close);
  }
}
