package io.gat.server;

import io.gat.admin.AdminOperation;
import io.gat.admin.AuditLines;
import io.gat.admin.ExplainOperation;
import io.gat.admin.LiveExplainer;
import io.gat.admin.OpenOperation;
import io.gat.admin.OperatorAudit;
import io.gat.admin.OperatorGate;
import io.gat.admin.OperatorGats;
import io.gat.admin.SignIn;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditHealth;
import io.gat.audit.AuditTrail;
import io.gat.audit.RefusalAggregate;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.call.Gatekeeper;
import io.gat.call.HeaderBudget;
import io.gat.call.Passage;
import io.gat.call.ProxyAnswers;
import io.gat.call.UpstreamHeaders;
import io.gat.config.AdminConfig;
import io.gat.config.AuthzConfig;
import io.gat.config.DrainConfig;
import io.gat.config.GatConfig;
import io.gat.config.HttpAuthzConfig;
import io.gat.config.IssuerConfig;
import io.gat.config.KeysConfig;
import io.gat.config.ListenAddress;
import io.gat.config.PolicyConfig;
import io.gat.config.TrustConfig;
import io.gat.config.UpstreamConfig;
import io.gat.decide.AttentiveVerifier;
import io.gat.decide.BoundedVerifier;
import io.gat.decide.CachedVerification;
import io.gat.decide.Decider;
import io.gat.decide.Inquirer;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.decide.TrialCache;
import io.gat.decide.TrialQueue;
import io.gat.decide.explain.Terms;
import io.gat.extauthz.AuthorizationService;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.http.HealthRoutes;
import io.gat.http.MetricsRoute;
import io.gat.issue.EmbeddedFeed;
import io.gat.keys.CryptoProvider;
import io.gat.keys.TrustedKeys;
import io.gat.log.LogHealth;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.verify.PolicyTests;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.telemetry.CandidateState;
import io.gat.telemetry.DecisionLog;
import io.gat.telemetry.DecisionMetrics;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.helidon.common.tls.Tls;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The composition root: builds the roles of a configuration, joins them, and takes them apart
 * again.
 *
 * <p>Parts start in the order in which they are needed and end in the opposite one: readiness goes
 * first, then the listener drains, then what it stood on.
 */
public final class GatServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(GatServer.class.getName());
  private static final Duration WARM_UP = Duration.ofMillis(450);
  private static final Duration HEALTH_GRACE = Duration.ofSeconds(1);
  private static final Duration NO_ROLE_LEEWAY = Duration.ofSeconds(5);

  /** How long the answer that refuses a check is kept before it is made anew. */
  private static final Duration REFUSAL_AGE = Duration.ofSeconds(1);

  private static final int LOG_CAPACITY = 8_192;

  /** A processor is left to checks whose tokens are known, where there is more than one. */
  private static final int VERIFIED_AT_A_TIME =
      Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  /** They have their turn within a few milliseconds. */
  private static final int MOST_WAITING = 64;

  /** So many tokens that only the candidate asks for are remembered, and so many rejections. */
  private static final int TRIAL_TOKENS = 1_000;

  /**
   * So many tokens are verified a second for the candidate alone: some 2 % of a core, 20 % at
   * worst.
   */
  private static final int TRIALS_VERIFIED = 500;

  private final Moment.Source clock = Moment.Source.system();
  private final InstantSource wall = InstantSource.system();
  private final CryptoProvider crypto = CryptoProvider.best();
  private final DecisionMetrics metrics = new DecisionMetrics();
  private final HealthStatusManager grpcHealth = new HealthStatusManager();
  private final Map<String, String> notReady = new ConcurrentHashMap<>();
  private final HostDecides hostDecides = new HostDecides();
  private final StrictServices strictServices = new StrictServices();
  private final CountDownLatch firstKeys = new CountDownLatch(1);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private volatile String runningPolicy = "";
  private volatile @Nullable EmbeddedIssuer issuerOfThis;
  private volatile CandidateState candidate = new CandidateState.None();
  private final OutputStream decisions;
  private final DrainConfig drain;

  private GatServer(OutputStream decisions, DrainConfig drain) {
    this.decisions = decisions;
    this.drain = drain;
  }

  /**
   * Starts all roles and returns when they can answer.
   *
   * @param decisions where the decision log goes; stays open
   * @throws StartException where they cannot start as configured: one line a problem
   */
  public static GatServer start(GatConfig config, OutputStream decisions) throws StartException {
    GatServer server = new GatServer(decisions, config.drain());
    try {
      server.startParts(config);
      return server;
    } catch (StartException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Only runs the way of a check, over and over, as every start does for {@code WARM_UP}: for a JVM
   * that records what it learns of it.
   */
  public static void rehearse(Duration time) {
    WarmUp.run(CryptoProvider.best(), time);
  }

  private void startParts(GatConfig config) throws StartException {
    notReady.put("start", "not all parts are started");
    parts.push(metrics);
    parts.push(
        HttpListener.start(
            config.health().listen().host(),
            config.health().listen().port(),
            HEALTH_GRACE,
            List.of(new HealthRoutes(this::health), new MetricsRoute(metrics::scrape))));
    Duration leeway = config.authz().map(AuthzConfig::leeway).orElse(NO_ROLE_LEEWAY);
    EmbeddedIssuer issuer = null;
    Optional<IssuerConfig> issuerConfig = config.issuer();
    if (issuerConfig.isPresent()) {
      issuer = EmbeddedIssuer.start(issuerConfig.get(), crypto, leeway, clock, metrics.feeds());
      parts.push(issuer);
      issuerOfThis = issuer;
      metrics.feedStreams(issuer::streams);
      if (issuerConfig.get().canary().isPresent()) {
        parts.push(issuer.canary(issuerConfig.get().canary().get(), metrics.canary())::run);
      }
      metrics.issuer(issuer::logStats, issuer::logHealth, issuer::auditHealth, issuer::keyStatus);
    }
    Optional<AuthzConfig> authz = config.authz();
    if (authz.isPresent()) {
      startAuthz(authz.get(), Optional.ofNullable(issuer), config.admin());
    } else if (issuer != null) {
      startAdmin(
          config.admin(),
          Optional.of(
              new AdminApi.Verification(
                      leeway, OperatorGats.LONGEST, crypto, KeyRefresher.none(), clock)
                  .gate(issuer)),
          Optional.of(issuer),
          List.of());
    }
    notReady.remove("start");
    grpcHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
  }

  private void startAuthz(AuthzConfig config, Optional<EmbeddedIssuer> issuer, AdminConfig admin)
      throws StartException {
    PolicyReloader policies =
        PolicyReloader.load(
            ConfiguredPolicy.source(config.policy(), crypto, clock),
            config.environment(),
            policy -> ConfiguredPolicy.objections(config, config.policy(), policy),
            new PolicyTests(ConfiguredPolicy.judge(config, crypto)));
    parts.push(policies);
    LiveSnapshot live =
        new LiveSnapshot(
            new Snapshot(silentFeeds(config), TrustedKeys.none(), policies.set().policy()));
    Candidates candidates =
        new Candidates(
            live,
            config.candidate().isPresent() ? Candidates.Mode.CONFIGURED : Candidates.Mode.SHADOW,
            state -> show(state, live.current().policy().hash()));
    run(config, candidates, policies.set());
    policies.tell(set -> run(config, candidates, set));
    policies.watch();
    config.candidate().ifPresent(from -> watch(config, from, candidates));
    KeySources sources = new KeySources(config.trust(), wall);
    parts.push(sources);
    sources.start(
        (issuerUrl, keys) -> {
          live.keys(issuerUrl, keys);
          firstKeys.countDown();
        });
    if (issuer.isPresent()) {
      join(config, issuer.get(), live);
    }
    parts.push(
        RemoteFeeds.start(
            config, issuer.map(EmbeddedIssuer::url), live, clock, firstKeys::countDown, metrics));
    observeIssuers(config, live);

    CaffeineDecisionCache cache =
        new CaffeineDecisionCache(config.cache().tokens(), config.cache().rejected(), wall);
    metrics.cacheSize(
        CachedVerification.Share.TOKENS, () -> cache.size(CachedVerification.Share.TOKENS));
    metrics.cacheSize(
        CachedVerification.Share.REJECTED, () -> cache.size(CachedVerification.Share.REJECTED));
    DecisionLog log = new DecisionLog(decisions, LOG_CAPACITY);
    parts.push(log);
    metrics.logDropped(log);
    AttentiveVerifier verifier =
        new AttentiveVerifier(
            new JoseTokenVerifier(
                config.trust().stream().map(TrustConfig::terms).toList(),
                config.leeway(),
                config.maxTokenLifetime(),
                crypto));
    UpstreamHeaders upstream = upstream(config.upstream());
    HeaderBudget budget = budget(config.upstream());
    metrics.headersOmitted(budget::omitted);
    Room room = new Passage(upstream, budget)::fits;
    startAdmin(
        admin,
        operators(config, live, sources, issuer, admin),
        issuer,
        List.of(ExplainOperation.of(explainer(config, live, verifier, sources, room))));
    Decider decider =
        new Decider(
            live,
            new BoundedVerifier(verifier, VERIFIED_AT_A_TIME, MOST_WAITING),
            cache,
            sources,
            clock,
            config.service(),
            config.freshness().terms(),
            room,
            new TrialCache(
                cache,
                new CaffeineDecisionCache(TRIAL_TOKENS, TRIAL_TOKENS, wall),
                clock,
                TRIALS_VERIFIED));
    TrialQueue trials = new TrialQueue(decider, new Observers(metrics, log));
    parts.push(trials);
    metrics.trialsDropped(trials::dropped);
    Slots slots = new Slots(new AdaptiveLimit(System::nanoTime));
    metrics.inFlight(slots.limit()::inFlight, slots.limit()::limit);
    AuthorizationService service =
        new AuthorizationService(
            new CheckRequestMapper(),
            decider,
            new CheckResponseMapper(upstream, budget),
            trials,
            slots::admits,
            verifier);
    Overload overload =
        new Overload(
            slots,
            new Kept<>(() -> new Refusal(service.refusal().toByteArray()), REFUSAL_AGE),
            service::refusedElsewhere);
    WarmUp.run(crypto, WARM_UP);
    grpcHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    GrpcListener listener = listen(config, service, overload);
    metrics.connections(listener::connections);
    parts.push(listener);
    Gatekeeper limited = new LimitedGatekeeper(service, slots.limit());
    for (HttpAuthzConfig http : config.http()) {
      parts.push(
          ProxyListener.start(
              http, drain.grace(), limited, new ProxyAnswers(http.flavour(), upstream, budget)));
    }
    awaitKeys();
  }

  /** Who is an operator: whoever this process's own issuer says, else the configured one. */
  private Optional<OperatorGate> operators(
      AuthzConfig config,
      LiveSnapshot live,
      KeySources sources,
      Optional<EmbeddedIssuer> own,
      AdminConfig admin) {
    AdminApi.Verification verification =
        new AdminApi.Verification(
            config.leeway(), config.maxTokenLifetime(), crypto, sources, clock);
    if (own.isPresent()) {
      return Optional.of(verification.gate(own.get()));
    }
    return admin
        .issuer()
        .flatMap(
            issuer ->
                config.trust().stream()
                    .map(TrustConfig::terms)
                    .filter(terms -> terms.issuer().equals(issuer))
                    .findFirst())
        .map(
            terms ->
                verification.gate(
                    terms,
                    () ->
                        new OperatorGate.Evidence(live.current().feeds(), live.current().keys())));
  }

  private LiveExplainer explainer(
      AuthzConfig config,
      LiveSnapshot live,
      TokenVerifier verifier,
      KeySources sources,
      Room room) {
    return new LiveExplainer(
        live,
        new Inquirer(
            live, verifier, sources, clock, config.service(), config.freshness().terms(), room),
        new Terms(
            config.trust().stream().map(TrustConfig::terms).toList(),
            config.leeway(),
            config.maxTokenLifetime(),
            Terms.Signature.VERIFIED,
            Terms.Revocations.FEEDS));
  }

  private void startAdmin(
      AdminConfig admin,
      Optional<OperatorGate> operators,
      Optional<EmbeddedIssuer> issuer,
      List<AdminOperation> more)
      throws StartException {
    if (operators.isEmpty()) {
      AdminApi.nobodyIsOperator();
      return;
    }
    List<AdminOperation> operations = new ArrayList<>(more);
    AuditTrail trail = new AuditLines();
    List<OpenOperation> open = List.of();
    if (issuer.isPresent()) {
      EmbeddedIssuer own = issuer.get();
      operations.addAll(own.operations());
      trail = own.audit();
    }
    RefusalAggregate refusals = new RefusalAggregate(trail, wall);
    parts.push(refusals);
    if (issuer.isPresent()) {
      OwnOperators people = issuer.get().operators();
      people.bootstrap(admin);
      Optional<SignIn> signIn = people.signIn(admin, refusals, crypto, wall);
      signIn.ifPresent(parts::push);
      open = signIn.map(SignIn::operations).orElse(open);
    }
    parts.push(
        new AdminApi(
                operators.get(),
                new OperatorAudit(trail, refusals),
                (operation, outcome) -> metrics.adminCall(operation, outcome.word()))
            .start(admin, operations, open));
  }

  /** Whatever is wrong with a candidate, the server starts and runs without it. */
  private void watch(AuthzConfig config, PolicyConfig from, Candidates candidates) {
    PolicySource source;
    try {
      source = ConfiguredPolicy.source(from, crypto, clock);
    } catch (StartException e) {
      LOG.log(
          Level.ERROR,
          "candidate {0} refused: nothing is judged by it, and nothing else changes: {1}",
          from.name(),
          e.getMessage());
      candidates.configured(Optional.empty());
      return;
    }
    CandidateReloader reloader =
        new CandidateReloader(
            source,
            new PolicyLoader(
                from.name(),
                config.environment(),
                policy -> ConfiguredPolicy.objections(config, from, policy),
                new PolicyTests(ConfiguredPolicy.judge(config, crypto))),
            candidates::configured);
    parts.push(reloader);
    switch (from) {
      // Files are here or not; a network may let a start wait.
      case PolicyConfig.Files files -> reloader.look();
      case PolicyConfig.Bundle bundle -> {}
    }
    reloader.watch();
  }

  private GrpcListener listen(AuthzConfig config, AuthorizationService service, Overload overload)
      throws StartException {
    Optional<Tls> tls = Optional.empty();
    if (config.connections().tls().isPresent()) {
      ReloadingTls files = ReloadingTls.start(config.connections().tls().get(), wall);
      parts.push(files);
      metrics.certificate(files::remaining);
      tls = Optional.of(files.forServer());
    }
    GrpcListener.Serving serving =
        new GrpcListener.Serving(
            List.of(service, grpcHealth.getHealthService()),
            drain.grace(),
            overload,
            ConnectionLimits.standard().connections(config.connections().max()),
            tls);
    return switch (config.listen()) {
      case ListenAddress.Tcp tcp -> GrpcListener.tcp(tcp.host(), tcp.port(), serving);
      case ListenAddress.Unix unix ->
          GrpcListener.unix(unix.path(), config.connections().socketMode(), serving);
      case ListenAddress.Http http ->
          throw new StartException(http + ": authz speaks gRPC; write tcp:// or unix://");
    };
  }

  /** The issuer of this process gives its keys and its revocations without a network. */
  private void join(AuthzConfig config, EmbeddedIssuer issuer, LiveSnapshot live)
      throws StartException {
    boolean fed =
        config.trust().stream()
            .anyMatch(
                t ->
                    t.keys() instanceof KeysConfig.Feed && t.terms().issuer().equals(issuer.url()));
    if (fed) {
      issuer.onKeys(keys -> live.keys(issuer.url(), keys));
      firstKeys.countDown();
      EmbeddedFeed feed = issuer.feed(config.freshness(), view -> live.feed(issuer.url(), view));
      parts.push(feed);
    }
  }

  private Map<String, FeedView> silentFeeds(AuthzConfig config) {
    Map<String, FeedView> feeds = new HashMap<>();
    for (TrustConfig trust : config.trust()) {
      if (trust.keys() instanceof KeysConfig.Feed) {
        feeds.put(trust.terms().issuer(), FeedView.silent(clock.now()));
      }
    }
    return feeds;
  }

  private void observeIssuers(AuthzConfig config, LiveSnapshot live) {
    for (TrustConfig trust : config.trust()) {
      String issuer = trust.terms().issuer();
      metrics.keysAge(
          issuer,
          () ->
              live.current()
                  .keys()
                  .of(issuer)
                  .map(keys -> Duration.between(keys.readAt(), wall.instant())));
      if (trust.keys() instanceof KeysConfig.Feed) {
        metrics.leaseRemaining(
            issuer,
            () ->
                live.current()
                    .feed(issuer)
                    .map(feed -> feed.lease().remaining(clock.now()))
                    .orElse(Duration.ZERO));
      }
    }
  }

  /** Ready means that at least one issuer's tokens can be verified. */
  private void awaitKeys() throws StartException {
    if (firstKeys.getCount() > 0) {
      notReady.put("keys", "no keys of any trusted issuer yet");
      LOG.log(Level.WARNING, "no keys of any trusted issuer yet; waiting for them");
    }
    try {
      firstKeys.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while waiting for keys");
    }
    notReady.remove("keys");
  }

  private HealthRoutes.Health health() {
    Map<String, String> missing = new LinkedHashMap<>(notReady);
    Map<String, String> degraded = new LinkedHashMap<>();
    EmbeddedIssuer own = issuerOfThis;
    if (own != null) {
      switch (own.logHealth()) {
        case LogHealth.Sound sound -> {}
        case LogHealth.Full full ->
            degraded.put("log", "no space: nothing is granted, and revocations are still taken");
        case LogHealth.Degraded(String why) -> degraded.put("log", why);
        case LogHealth.Failed failed -> missing.put("log", failed.why());
      }
      switch (own.auditHealth()) {
        case AuditHealth.Sound sound -> {}
        case AuditHealth.NotExported not ->
            degraded.put("audit", "no checkpoint has been exported since " + not.since());
        case AuditHealth.Ended ended -> missing.put("audit", ended.why());
      }
      if (!own.feedProblem().isEmpty()) {
        degraded.put("feed", own.feedProblem());
      }
      if (!own.canSign()) {
        degraded.put("keys", "no key may sign now");
      }
    }
    return new HealthRoutes.Health(missing, runningPolicy, candidate.told(), degraded);
  }

  private void run(AuthzConfig config, Candidates candidates, PolicyCompiler.Compiled set) {
    candidates.running(set);
    hostDecides.warn(config.service(), set.policy());
    strictServices.warn(config.freshness(), set.policy());
    metrics.policyLoaded(set.policy().hash());
    String before = runningPolicy;
    runningPolicy = set.policy().hash();
    EmbeddedIssuer own = issuerOfThis;
    if (!before.equals(runningPolicy)) {
      AuditEvent changed =
          AuditEvent.about(
                  AuditEvent.Action.POLICY_CHANGED,
                  AuditEvent.Outcome.DONE,
                  AuditEvent.Actor.system(ControlPlane.SERVER))
              .withDetail("before", before)
              .withDetail("policy", runningPolicy)
              .event();
      if (own != null) {
        own.events().record(changed);
      } else {
        var _ = new AuditLines().record(changed);
      }
    }
  }

  private void show(CandidateState state, String running) {
    metrics.candidate(state, running);
    candidate = state;
  }

  static HeaderBudget budget(UpstreamConfig config) {
    return new HeaderBudget(config.maxHeaders(), config.maxHeaderBytes());
  }

  static UpstreamHeaders upstream(UpstreamConfig config) {
    return new UpstreamHeaders(
        switch (config.headers()) {
          case ADDED -> UpstreamHeaders.Identity.SEND;
          case LEFT_OUT -> UpstreamHeaders.Identity.OMIT;
        },
        switch (config.forwardToken()) {
          case BY_CREDENTIAL -> UpstreamHeaders.Token.BY_CREDENTIAL;
          case ALWAYS -> UpstreamHeaders.Token.KEEP;
          case NEVER -> UpstreamHeaders.Token.REMOVE;
        },
        switch (config.correlation()) {
          case ADDED -> UpstreamHeaders.Correlation.SEND;
          case LEFT_OUT -> UpstreamHeaders.Correlation.OMIT;
        });
  }

  /**
   * Ends as a server does that others call: says that it is not ready, goes on for the configured
   * delay so that they learn of it, and then {@linkplain #close closes}.
   */
  public void drain() {
    notReady();
    LOG.log(
        Level.INFO,
        "stopping: not ready, calls are still answered for {0} ms",
        drain.delay().toMillis());
    try {
      // There is nothing to wait for but time: nobody tells when the last router has learnt of it.
      Thread.sleep(drain.delay());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
    LOG.log(Level.INFO, "stopped");
  }

  private void notReady() {
    notReady.put("stop", "the server is stopping");
    grpcHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
  }

  /**
   * Turns readiness off, finishes what is in flight within the configured grace period, and ends
   * everything; may be called twice.
   */
  @Override
  public synchronized void close() {
    notReady();
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "could not end {0}: {1}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
