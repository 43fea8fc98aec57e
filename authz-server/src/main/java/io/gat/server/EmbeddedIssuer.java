package io.gat.server;

import io.gat.admin.AdminOperation;
import io.gat.admin.AuditOperations;
import io.gat.admin.KeyOperations;
import io.gat.admin.RevocationDryRun;
import io.gat.admin.RevocationOperations;
import io.gat.admin.StatusOperation;
import io.gat.admin.TokenOperations;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditHealth;
import io.gat.audit.AuditTrail;
import io.gat.audit.UntilDurable;
import io.gat.config.CanaryConfig;
import io.gat.config.FreshnessConfig;
import io.gat.config.IssuerConfig;
import io.gat.feed.AuthzServerState;
import io.gat.feed.FeedObserver;
import io.gat.issue.EmbeddedFeed;
import io.gat.issue.HolderRevocation;
import io.gat.issue.grant.TokenRequests;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.life.KeyStatus;
import io.gat.log.LogException;
import io.gat.log.LogHealth;
import io.gat.log.LogStats;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.telemetry.AuditOtlpExport;
import io.gat.telemetry.CanaryMetrics;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The issuer role: its keys, its revocations and its audit log, all of which are in the shared log,
 * and the routes that anybody may ask.
 */
final class EmbeddedIssuer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(EmbeddedIssuer.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final int TIDIED_AT_ONCE = 20;
  private static final Duration EVENT_PAUSE = Duration.ofSeconds(1);

  private final String url;
  private final TrustedIssuer terms;
  private final ControlPlane plane;
  private final Moment.Source clock;

  /** By which entries and claims end. */
  private final InstantSource spending;

  private final Parts parts;

  private final OpenIssuance issuance;
  private final UntilDurable events;
  private final IssuerFeed source;
  private final FeedServer feeds;

  private EmbeddedIssuer(
      IssuerConfig config,
      ControlPlane plane,
      CryptoProvider crypto,
      Duration leeway,
      Moment.Source clock,
      FeedObserver observer,
      TokenRequests counted,
      Parts parts)
      throws StartException {
    InstantSource wall = () -> clock.now().wall();
    this.url = config.url();
    this.plane = plane;
    this.clock = clock;
    this.spending = new SteadyClock(clock, plane.lastRecord());
    this.parts = parts;
    this.terms = ownTerms(url);
    this.events = parts.add(new UntilDurable(plane.audit(), EVENT_PAUSE));
    this.issuance = parts.add(ConfiguredIssuance.open(config, plane, crypto, wall));
    startRoutes(config, crypto, leeway, counted, wall);
    this.source = new IssuerFeed(plane.log(), plane.revocations(), plane.keys(), wall);
    this.feeds = parts.add(FeedServer.start(config.feed(), source, observer, wall));
    plane.readers(feeds::haveKeys);
    parts.add(EmbeddedFeed.Timer.ownThread("gat-sweep").every(SWEEP, this::sweep)::run);
    config
        .audit()
        .otlp()
        .ifPresent(
            collector ->
                parts.add(
                    AuditOtlpExport.start(
                        plane.log(), collector, config.data().resolve("audit-otlp-position"))));
  }

  private void startRoutes(
      IssuerConfig config,
      CryptoProvider crypto,
      Duration leeway,
      TokenRequests counted,
      InstantSource wall)
      throws StartException {
    TokenVerifier verifier =
        new JoseTokenVerifier(List.of(terms), leeway, Duration.ofHours(24), crypto);
    HolderRevocation byHolders =
        new HolderRevocation(url, verifier, this::keys, plane.revocations(), plane.audit(), wall);
    Optional<ReloadingTls> tls = Optional.empty();
    if (config.tls().isPresent()) {
      tls = Optional.of(parts.add(ReloadingTls.forCallers(config.tls().get(), wall)));
    }
    IssuerEndpoints endpoints =
        parts.add(
            new IssuerEndpoints(
                config,
                plane,
                ConfiguredCallers.open(config, crypto, wall),
                issuance,
                verifier,
                byHolders::revoke,
                clock,
                counted));
    parts.add(
        IssuerListener.start(
            config.listen().host(),
            config.listen().port(),
            GRACE,
            endpoints.routes(),
            endpoints.services(),
            tls.map(ReloadingTls::forServer)));
  }

  /**
   * Starts.
   *
   * @param observer is told what its feeds do
   * @param counted told of each token request
   * @throws StartException where its log or its keys cannot be used, or the address cannot be had
   */
  static EmbeddedIssuer start(
      IssuerConfig config,
      CryptoProvider crypto,
      Duration leeway,
      Moment.Source clock,
      FeedObserver observer,
      TokenRequests counted)
      throws StartException {
    Parts parts = new Parts();
    try {
      ControlPlane plane =
          parts.add(
              ControlPlane.open(
                  config, ControlPlane.SERVER, crypto, leeway, () -> clock.now().wall()));
      EmbeddedIssuer issuer =
          new EmbeddedIssuer(config, plane, crypto, leeway, clock, observer, counted, parts);
      issuer.events.record(
          AuditEvent.of(
              AuditEvent.Action.SERVER_STARTED,
              AuditEvent.Outcome.DONE,
              AuditEvent.Actor.system(ControlPlane.SERVER)));
      return issuer;
    } catch (StartException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** A key of the set verifies by its own algorithm and no other. */
  private static TrustedIssuer ownTerms(String url) {
    return new TrustedIssuer(
        url,
        EnumSet.complementOf(EnumSet.of(Algorithm.HS256)),
        Set.of("at+jwt"),
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.SEVERAL);
  }

  String url() {
    return url;
  }

  /** The keys that verify its tokens, as they are now. */
  KeySet keys() {
    return plane.keys().keySet();
  }

  /** Tells the keys as they are, before it returns, and each later change. */
  void onKeys(Consumer<KeySet> listener) {
    plane.keys().onKeys(listener);
  }

  /** What a token of it must be like. */
  TrustedIssuer terms() {
    return terms;
  }

  /** All that it has revoked up to now. */
  FeedView revocations() {
    return plane.revocations().view(clock.now());
  }

  /** What operators may do with it. */
  List<AdminOperation> operations() {
    List<AdminOperation> all = new ArrayList<>();
    all.addAll(
        new RevocationOperations(plane.revocations(), plane.audit(), () -> clock.now().wall())
            .all());
    all.add(
        new RevocationDryRun(plane.log(), plane.revocations(), url, () -> clock.now().wall())
            .operation());
    all.addAll(new TokenOperations(plane.minter()).all());
    all.addAll(new AuditOperations(plane.log(), issuance::policy, () -> clock.now().wall()).all());
    all.addAll(new KeyOperations(plane.keys()).all());
    all.addAll(issuance.operations());
    all.add(
        new StatusOperation(
                plane.log(),
                plane.log()::stats,
                plane.keys()::keys,
                plane.keys()::isReady,
                plane.revocations(),
                this::told)
            .operation());
    return all;
  }

  /** Who gets which token. */
  OpenIssuance issuance() {
    return issuance;
  }

  /** How somebody becomes an operator. */
  OwnOperators operators() {
    return new OwnOperators(plane);
  }

  /** Writes what has happened already, until the audit log has it; nobody waits for it. */
  UntilDurable events() {
    return events;
  }

  AuditHealth auditHealth() {
    return plane.auditHealth();
  }

  AuditTrail audit() {
    return plane.audit();
  }

  LogHealth logHealth() {
    return plane.log().health();
  }

  LogStats logStats() {
    return plane.log().stats();
  }

  List<KeyStatus> keyStatus() {
    return plane.keys().keys();
  }

  boolean canSign() {
    return plane.keys().isReady();
  }

  /** The authz servers that follow it from other processes. */
  List<AuthzServerState> followers() {
    return feeds.servers();
  }

  /** How many streams of other processes there are. */
  int streams() {
    return feeds.streams();
  }

  /**
   * Starts to try its own revocations.
   *
   * @return what stops it
   * @throws StartException where TLS cannot be used as configured
   */
  Runnable canary(CanaryConfig config, CanaryMetrics metrics) throws StartException {
    ProbedAuthz probed = ProbedAuthz.of(config);
    RevocationCanary canary =
        new RevocationCanary(
            new RevocationCanary.Parts(plane.minter(), plane.revocations(), plane.audit(), clock),
            probed,
            url,
            config.call(),
            metrics);
    Runnable stop = EmbeddedFeed.Timer.ownThread("gat-canary").every(config.every(), canary::round);
    return () -> {
      stop.run();
      probed.close();
    };
  }

  private StatusOperation.Followers told() {
    return new StatusOperation.Followers(
        followers().stream()
            .map(one -> new StatusOperation.Follower(one.name(), one.position(), one.lease()))
            .toList(),
        feedProblem());
  }

  /** Why no other process can follow it; empty where one can. */
  String feedProblem() {
    return feeds.problem();
  }

  /** A started feed of its revocations to the authz role of this process. */
  EmbeddedFeed feed(FreshnessConfig freshness, Consumer<FeedView> listener) throws StartException {
    EmbeddedFeed feed =
        new EmbeddedFeed(
            plane.revocations(),
            freshness.maxStaleness(),
            freshness.strictest(),
            clock,
            EmbeddedFeed.Timer.ownThread("gat-feed"),
            listener);
    try {
      feed.start();
    } catch (LogException e) {
      feed.close();
      throw new StartException(String.valueOf(e.getMessage()));
    }
    return feed;
  }

  private void sweep() {
    try {
      var _ =
          plane
              .revocations()
              .endSpent(spending.instant())
              .get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      for (int i = 0; i < TIDIED_AT_ONCE; i++) {
        if (!plane.revocations().tidy().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
          break;
        }
      }
      source.sweepClaims(spending.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      LOG.log(Level.WARNING, "spent revocations and claims stay for now: {0}", e.toString());
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
