package io.gat.server.verify;

import io.gat.call.HeaderBudget;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.WhenStale;
import io.gat.keys.Algorithm;
import io.gat.policy.verify.TestToken;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * On what terms a server decides the calls of policy tests.
 *
 * @param trust the issuers whose tokens it accepts; empty where every issuer of a test is trusted
 * @param leeway how far clocks may be apart
 * @param maxLifetime the longest {@code exp} − {@code iat} accepted
 * @param pin the service that the server is pinned to; empty for none
 * @param freshness what becomes of stale revocations
 * @param upstream which headers a service gets
 * @param budget how many headers the proxy takes
 */
public record TestTerms(
    List<TrustedIssuer> trust,
    Duration leeway,
    Duration maxLifetime,
    String pin,
    FreshnessTerms freshness,
    UpstreamHeaders upstream,
    HeaderBudget budget) {
  private static final String TYPE = "at+jwt";

  public TestTerms {
    trust = List.copyOf(trust);
    Objects.requireNonNull(leeway);
    Objects.requireNonNull(maxLifetime);
    Objects.requireNonNull(pin);
    Objects.requireNonNull(freshness);
    Objects.requireNonNull(upstream);
    Objects.requireNonNull(budget);
  }

  /** A configuration that says nothing but whom it trusts. */
  public static TestTerms standard() {
    return new TestTerms(
        List.of(),
        Duration.ofSeconds(5),
        Duration.ofMinutes(15),
        "",
        FreshnessTerms.everywhere(WhenStale.ERROR),
        UpstreamHeaders.standard(),
        HeaderBudget.standard());
  }

  /**
   * The terms of the issuer of a token, empty where the server does not trust it. A token that does
   * not say its issuer is of the first one that the server trusts.
   */
  Optional<TrustedIssuer> of(TestToken token) {
    if (trust.isEmpty()) {
      return Optional.of(usual(token.issuer()));
    }
    return trust.stream()
        .filter(one -> one.issuer().equals(token.issuer()))
        .findFirst()
        .or(
            () ->
                token.issuer().equals(TestToken.ISSUER)
                    ? Optional.of(trust.getFirst())
                    : Optional.empty())
        .map(TestTerms::signedHere);
  }

  /** What a configuration asks of an issuer where it says nothing else. */
  static TrustedIssuer usual(String issuer) {
    return new TrustedIssuer(
        issuer,
        Set.of(Algorithm.ES256),
        Set.of(TYPE),
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  /**
   * The issuer's terms for tokens that a test signs: with keys of its own, and always with a {@code
   * typ}, which is the configured one where there is one.
   */
  private static TrustedIssuer signedHere(TrustedIssuer terms) {
    return new TrustedIssuer(
        terms.issuer(),
        Set.of(Algorithm.ES256),
        terms.types().equals(Set.of("none")) ? Set.of(TYPE) : terms.types(),
        terms.required(),
        terms.claimNames(),
        terms.audiences());
  }
}
