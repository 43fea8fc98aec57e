package io.gat.extauthz;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.call.HeaderBudget;
import io.gat.call.Passage;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Attention;
import io.gat.decide.Decider;
import io.gat.decide.DecisionObserver;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
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
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Real policy, keys, revocations and deciders for the contract tests. */
final class ContractWorld {
  static final String FRESH = "https://gat.example";
  static final String STALE = "https://stale.example";
  static final String WITHOUT_KEYS = "https://nokeys.example";
  static final String WITHOUT_FEED = "https://nofeed.example";

  /** A token that makes the verifier break, as a bug would. */
  static final String BREAKS_GAT = "a.bug.token";

  private static final Duration LEEWAY = Duration.ofSeconds(5);

  static final String POLICY =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders/{id}"], scopes: [orders:read]}
        - {name: write, methods: [POST], paths: ["/v1/orders"], scopes: [orders:write, orders:read]}
        - name: strict
          paths: ["/v1/strict/{tenant}"]
          scopes: [orders:read]
          max-age: 30s
          when: "token.claims.tenant == path.tenant"
        - {name: health, methods: [GET], paths: ["/healthz"], public: true}
        - {name: internal, paths: ["/internal/{rest=**}"], deny: true}
      ---
      version: gat/v1
      service: billing
      hosts: [billing.example]
      audience: billing
      credential: txn-token
      rules:
        - {name: bills, methods: [GET], paths: ["/bills"], scopes: [orders:read]}
        - {name: about, methods: [GET], paths: ["/about"], public: true}
      ---
      version: gat/v1
      service: events
      hosts: [127.0.0.1]
      audience: orders
      rules:
        - {name: short, paths: ["/short"], scopes: [orders:read], upgrade: true, max-stream: 1s}
        - {name: long, paths: ["/long"], scopes: [orders:read], upgrade: true, max-stream: 1h}
        - {name: endless, paths: ["/endless"], scopes: [orders:read], upgrade: true}
        - {name: plain, paths: ["/plain"], scopes: [orders:read]}
        - {name: open, paths: ["/open"], public: true, max-stream: 5m}
        - {name: tunnel, methods: [GET], paths: ["/tunnel"], public: true}
        - {name: feed, paths: ["/feed"], public: true, upgrade: true}
      ---
      version: gat/v1
      service: legacy
      hosts: [legacy.example]
      audience: orders
      upstream: {remove-query: [access_token, "a b"]}
      rules: [{name: all, paths: ["/{all=**}"]}]
      ---
      version: gat/v1
      service: shy
      hosts: [shy.example]
      audience: orders
      upstream: {headers: false, forward-token: true}
      rules: [{name: all, paths: ["/{all=**}"]}]
      ---
      version: gat/v1
      service: curious
      hosts: [curious.example]
      audience: orders
      upstream: {headers: true}
      rules: [{name: all, paths: ["/{all=**}"]}]
      ---
      version: gat/v1
      service: careful
      hosts: [careful.example]
      audience: orders
      upstream: {forward-token: false}
      rules: [{name: all, paths: ["/{all=**}"]}]
      ---
      version: gat/v1
      service: broad
      hosts: [broad.example]
      audience: orders
      rules:
        - {name: all, paths: ["/{all=**}"]}
        - {name: admin, paths: ["/admin/{rest=**}"], deny: true}
        - {name: users, paths: ["/users/{id}"], scopes: [users:read]}
        - {name: open, paths: ["/open/{rest=**}"], public: true}
        - {name: call, grpc: {service: shop.v1.Admin, methods: [Delete]}, deny: true}
      """;

  final SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  final SigningKey unknownKey = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  final SigningKey otherAlgorithm = SigningKey.generate(Algorithm.ES384, CryptoProvider.best());

  private final LiveSnapshot live;
  private final FeedView fresh;
  private final TokenVerifier verifier;

  ContractWorld() {
    TrustedKeys keys = TrustedKeys.none();
    for (String issuer : List.of(FRESH, STALE, WITHOUT_FEED)) {
      keys =
          keys.with(issuer, new KeySet(List.of(key.verificationKey()), Instant.now(), Instant.MAX));
    }
    Moment now = Moment.Source.system().now();
    this.fresh =
        new FeedView(
            Lease.proved(now, Duration.ofHours(1)),
            7,
            RevocationSet.of(
                List.of(
                    new Revocation(
                        new Revocation.Selector.ByJti("revoked"),
                        FRESH,
                        now.wall(),
                        Revocation.Reach.ALL)),
                LEEWAY));
    this.live =
        new LiveSnapshot(
            new Snapshot(
                Map.of(FRESH, fresh, STALE, FeedView.silent(now), WITHOUT_KEYS, fresh),
                keys,
                policy()));
    TokenVerifier real =
        new JoseTokenVerifier(
            List.of(trust(FRESH), trust(STALE), trust(WITHOUT_KEYS), trust(WITHOUT_FEED)),
            LEEWAY,
            Duration.ofMinutes(15),
            CryptoProvider.best());
    this.verifier =
        (compact, place, trusted, at) -> {
          if (compact.equals(BREAKS_GAT)) {
            throw new IllegalStateException("a bug for the test");
          }
          return real.verify(compact, place, trusted, at);
        };
  }

  /** From now on nobody has heard from {@link #FRESH}. */
  void goStale() {
    live.feed(FRESH, FeedView.silent(Moment.Source.system().now()));
  }

  /** {@link #FRESH} has been heard from again. */
  void goFresh() {
    live.feed(FRESH, fresh);
  }

  private static TrustedIssuer trust(String issuer) {
    return new TrustedIssuer(
        issuer,
        Set.of(Algorithm.ES256),
        Set.of("at+jwt"),
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  private static Policy policy() {
    return switch (PolicyCompiler.compile(List.of(new Source("contract.yaml", POLICY)))) {
      case PolicyCompiler.Compiled compiled -> compiled.policy();
      case PolicyCompiler.Refused refused ->
          throw new IllegalStateException(refused.problems().toString());
    };
  }

  TokenDraft token() {
    return token(FRESH);
  }

  TokenDraft token(String issuer) {
    return new TokenDraft(issuer, key);
  }

  AuthorizationService service(String pin, WhenStale whenStale, UpstreamHeaders upstream) {
    return service(pin, whenStale, upstream, (decision, took) -> {});
  }

  AuthorizationService service(
      String pin, WhenStale whenStale, UpstreamHeaders upstream, DecisionObserver observer) {
    CaffeineDecisionCache cache = new CaffeineDecisionCache(1000, 100, InstantSource.system());
    Decider decider =
        new Decider(
            live,
            verifier,
            cache,
            KeyRefresher.none(),
            Moment.Source.system(),
            pin,
            FreshnessTerms.everywhere(whenStale),
            new Passage(upstream, HeaderBudget.standard())::fits,
            cache);
    return new AuthorizationService(
        new CheckRequestMapper(),
        decider,
        new CheckResponseMapper(upstream),
        observer,
        Admission.everyone(),
        Attention.none());
  }

  AuthorizationService service() {
    return service("", WhenStale.ERROR, UpstreamHeaders.standard());
  }

  /** A service that a test can exchange behind a running Envoy. */
  static final class Exchangeable extends AuthorizationGrpc.AuthorizationImplBase {
    private volatile AuthorizationService current;

    Exchangeable(AuthorizationService first) {
      this.current = first;
    }

    void use(AuthorizationService next) {
      this.current = next;
    }

    @Override
    public void check(CheckRequest message, StreamObserver<CheckResponse> caller) {
      current.check(message, caller);
    }
  }
}
