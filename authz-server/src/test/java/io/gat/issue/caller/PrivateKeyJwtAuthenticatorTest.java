package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.keys.Algorithm;
import io.gat.token.AssertionKeys;
import io.gat.token.AssertionTerms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class PrivateKeyJwtAuthenticatorTest extends AssertionContract {
  private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  @Override
  String type() {
    return TYPE;
  }

  @Override
  Authenticator with(AssertionKeys keys) {
    return remembering(keys, UsedIds.PER_CLIENT);
  }

  private static Authenticator remembering(AssertionKeys keys, int assertions) {
    AssertionTerms terms =
        new AssertionTerms(
            new AssertionTerms.Evidence.SignedBy(keys),
            Set.of(Algorithm.RS256),
            Set.of("jwt", "client-authentication+jwt", "none"),
            OWN,
            AssertionTerms.Addressing.ALONE,
            AssertionTerms.IssueTime.OPTIONAL,
            PrivateKeyJwtAuthenticator.LONGEST);
    return new PrivateKeyJwtAuthenticator(
        "tested",
        () -> Map.of("checkout", terms, "other", terms),
        VERIFIER,
        new UsedIds(assertions),
        () -> {});
  }

  @Override
  Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "checkout");
    claims.put("sub", "checkout");
    claims.put("aud", OWN);
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("exp", NOW.getEpochSecond() + 300);
    claims.put("iat", NOW.getEpochSecond());
    return claims;
  }

  @Override
  String principal() {
    return "client:checkout";
  }

  @Override
  Map<String, Bad> bad() {
    Map<String, Bad> bad = super.bad();
    bad.put("its audience in a list", signed("wrong_audience", claimsWith("aud", List.of(OWN))));
    bad.put(
        "for the token endpoint",
        signed("wrong_audience", claimsWith("aud", OWN + "/oauth2/token")));
    bad.put(
        "six minutes", signed("lifetime_too_long", claimsWith("exp", NOW.getEpochSecond() + 331)));
    bad.put("no id", signed("missing_claim", claimsWith("jti", null)));
    bad.put("a long id", signed("missing_claim", claimsWith("jti", "x".repeat(257))));
    return bad;
  }

  @Override
  Map<String, Shown> foreign() {
    Map<String, Shown> foreign = super.foreign();
    foreign.put("about another", shown(SIGNER.sign(claimsWith("sub", "other"))));
    foreign.put("of another", shown(SIGNER.sign(claimsWith("iss", "other"))));
    Map<String, Object> nobody = claimsWith("iss", "nobody");
    nobody.put("sub", "nobody");
    foreign.put("of nobody", shown(SIGNER.sign(nobody)));
    foreign.put("as a grant", new Shown.Assertion("", "", new Secret(SIGNER.sign(claims()))));
    return foreign;
  }

  @Override
  Set<String> types() {
    return Set.of(Assertions.CLIENT_ASSERTION);
  }

  @Test
  void isUsedOnceUntilItHasExpired() {
    Authenticator one = authenticator();
    Shown shown = good();
    assertInstanceOf(Proof.Proved.class, one.prove(shown, NOW));
    assertEquals(new Proof.Refused("replayed"), one.prove(shown, NOW));
    assertEquals(new Proof.Refused("replayed"), one.prove(shown, NOW.plusSeconds(329)));
    assertEquals(new Proof.Refused("expired"), one.prove(shown, NOW.plusSeconds(330)));
  }

  @Test
  void theIdIsUsedUpByAGenuineAssertionOnly() {
    Authenticator one = authenticator();
    Map<String, Object> claims = claims();
    Map<String, Object> forOthers = new LinkedHashMap<>(claims);
    forOthers.put("aud", "https://other");
    one.prove(shown(SIGNER.sign(forOthers)), NOW);
    assertInstanceOf(Proof.Proved.class, one.prove(shown(SIGNER.sign(claims)), NOW));
  }

  @Test
  void oneClientsStormTakesNoRoomOfAnother() {
    Authenticator one = remembering(SIGNER.keys(), 3);
    for (int i = 0; i < 3; i++) {
      assertInstanceOf(Proof.Proved.class, one.prove(good(), NOW));
    }
    assertInstanceOf(Proof.Unavailable.class, one.prove(good(), NOW));
    Map<String, Object> others = claimsWith("iss", "other");
    others.put("sub", "other");
    assertInstanceOf(Proof.Proved.class, one.prove(shown(SIGNER.sign(others)), NOW));
    // What has expired makes room.
    Map<String, Object> later = claimsWith("exp", NOW.getEpochSecond() + 600);
    later.put("iat", NOW.getEpochSecond() + 330);
    assertInstanceOf(
        Proof.Proved.class, one.prove(shown(SIGNER.sign(later)), NOW.plusSeconds(330)));
  }
}
