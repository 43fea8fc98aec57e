package io.gat.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.call.HeaderBudget;
import io.gat.call.Passage;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Attention;
import io.gat.decide.Decider;
import io.gat.decide.DecisionCache;
import io.gat.decide.DecisionObserver;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.extauthz.Admission;
import io.gat.extauthz.AuthorizationService;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.RevocationSet;
import io.gat.telemetry.DecisionLog;
import io.gat.telemetry.DecisionMetrics;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Runs the way of a check, over and over, before the first real one: the JVM compiles it meanwhile;
 * else the first 40,000 checks would be five times slower than later ones.
 *
 * <p>It has a key, a policy, a cache and a decider of its own. Nothing of it can be seen from
 * outside, and nothing that it trusts is trusted by anybody else.
 */
final class WarmUp {
  private static final Logger LOG = System.getLogger(WarmUp.class.getName());
  private static final String ISSUER = "https://warm-up.invalid";
  private static final String HOST = "warm-up.invalid";
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final int TOKENS = 64;
  private static final int LOG_CAPACITY = 64;
  private static final String CHECK = AuthorizationGrpc.getCheckMethod().getFullMethodName();
  private static final int CHECKS_BETWEEN_LOOKS = 50;
  private static final String POLICY =
      """
      version: gat/v1
      service: warm-up
      hosts: [warm-up.invalid]
      audience: warm-up
      rules:
        - name: read
          methods: [GET]
          paths: ["/v1/things/{id}"]
          scopes: [read]
          when: "token.claims.tenant == 'x'"
      """;

  private WarmUp() {}

  /** Warms up for this long: a third of it without the wire, the rest over it. */
  static void run(CryptoProvider crypto, Duration atMost) {
    SigningKey key = SigningKey.generate(Algorithm.ES256, crypto);
    List<CheckRequest> requests = requests(new Minter(ISSUER, key, InstantSource.system()));
    try (DecisionMetrics metrics = new DecisionMetrics();
        DecisionLog log = new DecisionLog(OutputStream.nullOutputStream(), LOG_CAPACITY)) {
      AuthorizationService service = service(key, crypto, new Observers(metrics, log));
      long began = System.nanoTime();
      inProcess(service, requests, atMost.dividedBy(3));
      Duration rest = atMost.minusNanos(System.nanoTime() - began);
      if (rest.isPositive() && !overTheWire(service, requests, rest)) {
        LOG.log(Level.DEBUG, "the warm-up over the wire got stuck");
      }
    } catch (IOException | StartException e) {
      LOG.log(Level.DEBUG, "could not warm up over the wire", e);
    }
  }

  private static void inProcess(
      AuthorizationService service, List<CheckRequest> requests, Duration atMost) {
    long until = System.nanoTime() + atMost.toNanos();
    for (int i = 0; System.nanoTime() < until; ) {
      for (int n = 0; n < CHECKS_BETWEEN_LOOKS; n++, i++) {
        CheckRequest request = requests.get(i % requests.size());
        parsed(service.answer(request).toByteArray().length, request);
      }
    }
  }

  /**
   * In a folder that nobody else may enter, and on a thread of its own: a call that hangs must not
   * keep the server from starting.
   *
   * @return false where it hung
   */
  private static boolean overTheWire(
      AuthorizationService service, List<CheckRequest> requests, Duration atMost)
      throws IOException, StartException {
    Path folder = Files.createTempDirectory("gat-warm-up");
    try (GrpcListener listener =
        GrpcListener.unix(
            folder.resolve("s"),
            PosixFilePermissions.fromString("rw-------"),
            GrpcListener.Serving.plain(Duration.ZERO, List.of(service)))) {
      List<byte[]> messages = requests.stream().map(CheckRequest::toByteArray).toList();
      Thread calls =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      SelfCall.run(listener.address(), CHECK, messages, atMost);
                    } catch (IOException e) {
                      LOG.log(Level.DEBUG, "could not call the own listener to warm it up", e);
                    }
                  });
      boolean ended = calls.join(atMost.plusSeconds(1));
      calls.interrupt(); // closes its channel
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while warming up");
    } finally {
      Files.deleteIfExists(folder.resolve("s"));
      Files.deleteIfExists(folder);
    }
  }

  /** What the wire costs belongs to a check, too. */
  private static void parsed(int answered, CheckRequest request) {
    try {
      if (answered == 0 || !CheckRequest.parseFrom(request.toByteArray()).hasAttributes()) {
        throw new IllegalStateException("the warm-up checks nothing");
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What Envoy sends, whole: a class that is loaded with the first real check makes it wait. Enough
   * tokens that each comes from the cache only now and then: misses are warmed up, too.
   */
  private static List<CheckRequest> requests(Minter minter) {
    return IntStream.range(0, TOKENS)
        .mapToObj(
            i ->
                minter
                    .mint(
                        new MintRequest(
                            "warm-up",
                            List.of(i % 8 == 0 ? "write" : "read"),
                            "warm-up",
                            "warm-up",
                            Duration.ofMinutes(1),
                            "",
                            Map.of("tenant", "x")),
                        Jitter.NONE,
                        "warm-up")
                    .compact())
        .map(WarmUp::request)
        .toList();
  }

  private static CheckRequest request(String token) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setSource(peer("spiffe://warm-up.invalid/ns/a/sa/caller", 40_000))
                .setDestination(peer("spiffe://warm-up.invalid/ns/a/sa/service", 8_080))
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setTime(Timestamp.newBuilder().setSeconds(1).setNanos(1))
                        .setHttp(http(token)))
                .putContextExtensions("warm-up", "yes")
                .setMetadataContext(metadata())
                .setRouteMetadataContext(metadata())
                .setTlsSession(AttributeContext.TLSSession.newBuilder().setSni(HOST)))
        .build();
  }

  private static AttributeContext.HttpRequest http(String token) {
    return AttributeContext.HttpRequest.newBuilder()
        .setId("1")
        .setMethod("GET")
        .setScheme("http")
        .setHost(HOST)
        .setPath("/v1/things/7?q=1")
        .setProtocol("HTTP/1.1")
        .setSize(-1)
        .putHeaders(":authority", HOST)
        .putHeaders(":method", "GET")
        .putHeaders(":path", "/v1/things/7?q=1")
        .putHeaders(":scheme", "http")
        .putHeaders("user-agent", "warm-up")
        .putHeaders("x-forwarded-proto", "http")
        .putHeaders("x-request-id", "1f2e3d4c")
        .putHeaders("x-gat-subject", "nobody")
        .putHeaders("authorization", "Bearer " + token)
        .build();
  }

  private static AttributeContext.Peer peer(String principal, int port) {
    return AttributeContext.Peer.newBuilder()
        .setPrincipal(principal)
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress("192.0.2.1").setPortValue(port)))
        .build();
  }

  private static Metadata metadata() {
    return Metadata.newBuilder()
        .putFilterMetadata(
            "warm-up",
            Struct.newBuilder()
                .putFields("a", Value.newBuilder().setStringValue("b").build())
                .build())
        .build();
  }

  private static AuthorizationService service(
      SigningKey key, CryptoProvider crypto, DecisionObserver observers) {
    Moment.Source clock = Moment.Source.system();
    Moment now = clock.now();
    FeedView feed = new FeedView(Lease.proved(now, Duration.ofHours(1)), 0, RevocationSet.empty());
    TrustedKeys keys =
        TrustedKeys.none()
            .with(ISSUER, new KeySet(List.of(key.verificationKey()), now.wall(), Instant.MAX));
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    DecisionCache cache = new CaffeineDecisionCache(TOKENS / 4, TOKENS / 4, InstantSource.system());
    Decider decider =
        new Decider(
            new LiveSnapshot(new Snapshot(Map.of(ISSUER, feed), keys, policy())),
            new JoseTokenVerifier(List.of(terms), LEEWAY, Duration.ofMinutes(15), crypto),
            cache,
            KeyRefresher.none(),
            clock,
            "",
            FreshnessTerms.everywhere(WhenStale.ERROR),
            new Passage(UpstreamHeaders.standard(), HeaderBudget.standard())::fits,
            cache);
    return new AuthorizationService(
        new CheckRequestMapper(),
        decider,
        new CheckResponseMapper(UpstreamHeaders.standard()),
        observers,
        Admission.everyone(),
        Attention.none());
  }

  private static Policy policy() {
    return switch (PolicyCompiler.compile(List.of(new Source("warm-up.yaml", POLICY)))) {
      case PolicyCompiler.Compiled compiled -> compiled.policy();
      case PolicyCompiler.Refused refused ->
          throw new IllegalStateException(refused.problems().toString());
    };
  }
}
