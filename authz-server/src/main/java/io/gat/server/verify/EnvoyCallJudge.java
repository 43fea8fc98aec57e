package io.gat.server.verify;

import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.call.Passage;
import io.gat.decide.Attention;
import io.gat.decide.CacheResult;
import io.gat.decide.Decider;
import io.gat.decide.DecisionCache;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Reason;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.extauthz.Admission;
import io.gat.extauthz.AuthorizationService;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
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

/**
 * Decides the calls of policy tests as a server would on given {@link TestTerms}.
 *
 * <p>A call's token comes from an issuer of its own: trusted, with its keys there and a feed that
 * is fresh and holds no revocation, unless the token's flaw is that one of these is not so.
 */
public final class EnvoyCallJudge implements CallJudge {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);

  /** Trusted where the token's own issuer is not: a server always trusts somebody. */
  private static final String ANOTHER_ISSUER = "https://another-issuer.invalid";

  /** Every token is verified: that is what a first call costs, and what a test should see. */
  private static final DecisionCache NO_CACHE =
      (key, now, keys, verify) -> new DecisionCache.Answer(verify.get(), CacheResult.MISS);

  private final CryptoProvider crypto;
  private final TestTokens tokens;
  private final CheckRequestMapper requests = new CheckRequestMapper();
  private final CheckResponseMapper responses;
  private final Room room;
  private final TestTerms terms;

  /** A judge with the standard configuration; its keys are made when the first token is. */
  public EnvoyCallJudge(CryptoProvider crypto) {
    this(crypto, TestTerms.standard());
  }

  /** A judge; its keys are made when the first token is. */
  public EnvoyCallJudge(CryptoProvider crypto, TestTerms terms) {
    this.crypto = crypto;
    this.terms = terms;
    this.tokens = new TestTokens(crypto, terms.leeway(), terms.maxLifetime());
    this.responses = new CheckResponseMapper(terms.upstream(), terms.budget());
    this.room = new Passage(terms.upstream(), terms.budget())::fits;
  }

  @Override
  public Collection<String> reasons() {
    return Arrays.stream(Reason.values()).map(Reason::code).toList();
  }

  @Override
  public Answer judge(Policy policy, TestCall call) {
    CheckRequest request = TestMessages.request(call);
    String pin = pin(policy, call, request);
    Optional<TestToken> token = call.token();
    if (token.isPresent()) {
      Credential place = place(policy, call, pin, token.get(), request);
      String compact = tokens.sign(token.get(), issuer(token.get()), place, call.now());
      request = TestMessages.with(request, place.header(), value(token.get(), place, compact));
    }
    return TestMessages.answer(service(policy, call, pin).answer(request));
  }

  /**
   * The test's own pin, else the server's; but a set that is shared has tests of other services,
   * too, and what is for one of those is judged as that service's server would.
   */
  private String pin(Policy policy, TestCall call, CheckRequest request) {
    if (!call.pin().isEmpty() || terms.pin().isEmpty()) {
      return call.pin();
    }
    boolean elsewhere =
        policy.judge(requests.map(request), "", call.now()) instanceof Verdict.Located located
            && !located.service().name().equals(terms.pin());
    return elsewhere ? "" : terms.pin();
  }

  private Credential place(
      Policy policy, TestCall call, String pin, TestToken token, CheckRequest request) {
    return switch (token.place()) {
      case BEARER, DPOP -> Credential.BEARER;
      case TXN_TOKEN -> Credential.TXN_TOKEN;
      case AS_READ ->
          policy.judge(requests.map(request), pin, call.now()) instanceof Verdict.Located located
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

  private AuthorizationService service(Policy policy, TestCall call, String pin) {
    Moment now = new Moment(call.now(), Duration.ZERO);
    Decider decider =
        new Decider(
            new LiveSnapshot(snapshot(policy, call, now)),
            new JoseTokenVerifier(
                List.of(trust(call)), terms.leeway(), terms.maxLifetime(), crypto),
            NO_CACHE,
            KeyRefresher.none(),
            () -> now,
            pin,
            terms.freshness(),
            room,
            NO_CACHE);
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
                    issuer(token).issuer(),
                    new KeySet(List.of(tokens.trusted()), call.now(), Instant.MAX));
    return new Snapshot(Map.of(issuer(token).issuer(), feed(call, token, now)), keys, policy);
  }

  private FeedView feed(TestCall call, TestToken token, Moment now) {
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
            issuer(token).issuer(),
            call.now(),
            Revocation.Reach.ALL);
    return new FeedView(lease, 1, RevocationSet.of(List.of(entry), terms.leeway()));
  }

  /** The terms of the token's issuer; of one that nobody trusts, the usual ones. */
  private TrustedIssuer issuer(TestToken token) {
    return terms.of(token).orElseGet(() -> TestTerms.usual(token.issuer()));
  }

  private TrustedIssuer trust(TestCall call) {
    return call.token()
        .filter(token -> !has(call, TokenFlaw.UNKNOWN_ISSUER))
        .flatMap(terms::of)
        .orElseGet(() -> TestTerms.usual(ANOTHER_ISSUER));
  }

  private static boolean has(TestCall call, TokenFlaw flaw) {
    return call.token().flatMap(TestToken::flaw).filter(flaw::equals).isPresent();
  }
}
