package io.gat.server.verify;

import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.decide.Attention;
import io.gat.decide.CacheResult;
import io.gat.decide.Decider;
import io.gat.decide.DecisionCache;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Reason;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.extauthz.Admission;
import io.gat.extauthz.AuthorizationService;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.extauthz.UpstreamHeaders;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.policy.Credential;
import io.gat.policy.Policy;
import io.gat.policy.Verdict;
import io.gat.policy.verify.Answer;
import io.gat.policy.verify.CallJudge;
import io.gat.policy.verify.TestCall;
import io.gat.policy.verify.TestToken;
import io.gat.policy.verify.TokenFlaw;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides the calls of policy tests as a server with the standard configuration would: leeway 5 s,
 * tokens of at most 15 min, all of {@code sub jti client_id scope} required, identity headers sent.
 *
 * <p>A call's token comes from an issuer of its own: trusted, with its keys there and a feed that
 * is fresh and holds no revocation, unless the token's flaw is that one of these is not so.
 */
public final class EnvoyCallJudge implements CallJudge {
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(15);
  private static final List<String> REQUIRED = List.of("sub", "jti", "client_id", "scope");
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);

  /** Trusted where the token's own issuer is not: a server always trusts somebody. */
  private static final String ANOTHER_ISSUER = "https://another-issuer.invalid";

  /** Every token is verified: that is what a first call costs, and what a test should see. */
  private static final DecisionCache NO_CACHE =
      (key, now, keys, verify) -> new DecisionCache.Answer(verify.get(), CacheResult.MISS);

  private final CryptoProvider crypto;
  private final TestTokens tokens;
  private final CheckRequestMapper requests = new CheckRequestMapper();
  private final CheckResponseMapper responses = new CheckResponseMapper(UpstreamHeaders.standard());

  /** A judge; its keys are made when the first token is. */
  public EnvoyCallJudge(CryptoProvider crypto) {
    this.crypto = crypto;
    this.tokens = new TestTokens(crypto);
  }

  @Override
  public Collection<String> reasons() {
    return Arrays.stream(Reason.values()).map(Reason::code).toList();
  }

  @Override
  public Answer judge(Policy policy, TestCall call) {
    CheckRequest request = TestMessages.request(call);
    Optional<TestToken> token = call.token();
    if (token.isPresent()) {
      Credential place = place(policy, call, token.get(), request);
      String compact = tokens.sign(token.get(), place, call.now());
      request = TestMessages.with(request, place.header(), value(token.get(), place, compact));
    }
    return TestMessages.answer(service(policy, call).answer(request));
  }

  private Credential place(Policy policy, TestCall call, TestToken token, CheckRequest request) {
    return switch (token.place()) {
      case BEARER, DPOP -> Credential.BEARER;
      case TXN_TOKEN -> Credential.TXN_TOKEN;
      case AS_READ ->
          policy.judge(requests.map(request), call.pin(), call.now())
                  instanceof Verdict.Located located
              ? located.service().credential()
              : Credential.BEARER;
    };
  }

  private static String value(TestToken token, Credential place, String compact) {
    return switch (place) {
      case TXN_TOKEN -> compact;
      case BEARER -> (token.place() == TestToken.Place.DPOP ? "DPoP " : "Bearer ") + compact;
    };
  }

  private AuthorizationService service(Policy policy, TestCall call) {
    Moment now = new Moment(call.now(), Duration.ZERO);
    Decider decider =
        new Decider(
            new LiveSnapshot(snapshot(policy, call, now)),
            new JoseTokenVerifier(List.of(trust(call)), LEEWAY, MAX_LIFETIME, crypto),
            NO_CACHE,
            KeyRefresher.none(),
            () -> now,
            call.pin(),
            WhenStale.ERROR);
    return new AuthorizationService(
        requests,
        decider,
        responses,
        (decision, took) -> {},
        Admission.everyone(),
        Attention.none());
  }

  private Snapshot snapshot(Policy policy, TestCall call, Moment now) {
    TestToken token = call.token().orElse(null);
    if (token == null) {
      return new Snapshot(Map.of(), TrustedKeys.none(), policy);
    }
    TrustedKeys keys =
        has(call, TokenFlaw.KEYS_UNAVAILABLE)
            ? TrustedKeys.none()
            : TrustedKeys.none()
                .with(
                    token.issuer(), new KeySet(List.of(tokens.trusted()), call.now(), Instant.MAX));
    return new Snapshot(Map.of(token.issuer(), feed(call, token, now)), keys, policy);
  }

  private static FeedView feed(TestCall call, TestToken token, Moment now) {
    if (has(call, TokenFlaw.REVOCATION_STALE)) {
      return FeedView.silent(now);
    }
    Lease lease = Lease.proved(now, MAX_STALENESS);
    if (!has(call, TokenFlaw.REVOKED)) {
      return new FeedView(lease, 0, RevocationSet.empty());
    }
    Revocation entry =
        new Revocation(
            new Revocation.Selector.ByJti(token.id()),
            token.issuer(),
            call.now(),
            Revocation.Reach.ALL);
    return new FeedView(lease, 1, RevocationSet.of(List.of(entry), LEEWAY));
  }

  private static TrustedIssuer trust(TestCall call) {
    String issuer =
        call.token()
            .filter(token -> !has(call, TokenFlaw.UNKNOWN_ISSUER))
            .map(TestToken::issuer)
            .orElse(ANOTHER_ISSUER);
    return new TrustedIssuer(
        issuer,
        Set.of(Algorithm.ES256),
        Set.of("at+jwt"),
        REQUIRED,
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  private static boolean has(TestCall call, TokenFlaw flaw) {
    return call.token().flatMap(TestToken::flaw).filter(flaw::equals).isPresent();
  }
}
