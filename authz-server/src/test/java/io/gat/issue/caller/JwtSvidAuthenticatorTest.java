package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.keys.Algorithm;
import io.gat.token.AssertionKeys;
import io.gat.token.AssertionTerms;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JwtSvidAuthenticatorTest extends AssertionContract {
  private static final String ID = "spiffe://cluster.local/ns/shop/sa/checkout";

  @Override
  Authenticator with(AssertionKeys keys) {
    return new JwtSvidAuthenticator(
        "tested",
        "cluster.local",
        new AssertionTerms(
            new AssertionTerms.Evidence.SignedBy(keys),
            Set.of(Algorithm.RS256),
            Set.of("jwt", "jose", "none"),
            OWN,
            AssertionTerms.Addressing.ONE,
            AssertionTerms.IssueTime.OPTIONAL,
            Duration.ofHours(24)),
        VERIFIER,
        () -> {});
  }

  /** As SPIRE signs it. */
  @Override
  Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", ID);
    claims.put("aud", List.of(OWN));
    claims.put("exp", NOW.getEpochSecond() + 300);
    claims.put("iat", NOW.getEpochSecond() - 5);
    return claims;
  }

  @Override
  String principal() {
    return ID;
  }

  @Override
  Map<String, Bad> bad() {
    Map<String, Bad> bad = super.bad();
    String malformed = "malformed_svid";
    bad.put("no path", signed(malformed, claimsWith("sub", "spiffe://cluster.local/")));
    bad.put("dots", signed(malformed, claimsWith("sub", "spiffe://cluster.local/a/../b")));
    bad.put(
        "an empty segment", signed(malformed, claimsWith("sub", "spiffe://cluster.local/a//b")));
    bad.put("a slash at the end", signed(malformed, claimsWith("sub", ID + "/")));
    bad.put("a query", signed(malformed, claimsWith("sub", ID + "?a")));
    bad.put("percent", signed(malformed, claimsWith("sub", "spiffe://cluster.local/a%2fb")));
    return bad;
  }

  @Override
  Map<String, Shown> foreign() {
    Map<String, Shown> foreign = super.foreign();
    for (String other :
        List.of(
            "spiffe://other/ns/shop/sa/checkout",
            "spiffe://cluster.local.evil/ns/shop/sa/checkout",
            "SPIFFE://cluster.local/ns/shop/sa/checkout",
            "spiffe://cluster.local",
            "spiffe://cluster.local@other/a",
            "checkout")) {
      foreign.put(other, shown(SIGNER.sign(claimsWith("sub", other))));
    }
    foreign.put("no subject", shown(SIGNER.sign(claimsWith("sub", null))));
    return foreign;
  }

  @Test
  void needsNoTimeOfIssueAndNoIssuer() {
    assertInstanceOf(
        Proof.Proved.class,
        authenticator().prove(shown(SIGNER.sign(claimsWith("iat", null))), NOW));
    assertInstanceOf(
        Proof.Proved.class,
        authenticator().prove(shown(SIGNER.sign(claimsWith("iss", "https://any"))), NOW));
  }

  @Override
  Set<String> types() {
    Set<String> types = new HashSet<>(super.types());
    types.add("urn:ietf:params:oauth:client-assertion-type:jwt-spiffe");
    types.add("urn:ietf:params:oauth:token-type:jwt-spiffe");
    return types;
  }

  @Test
  void mayComeAsAClientsAssertionOfSpiffe() {
    assertInstanceOf(
        Proof.Proved.class,
        authenticator()
            .prove(
                new Shown.Assertion(
                    ID,
                    "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe",
                    new Secret(SIGNER.sign(claims()))),
                NOW));
  }
}
