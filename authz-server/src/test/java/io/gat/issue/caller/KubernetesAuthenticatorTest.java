package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.issue.caller.KubernetesAuthenticator.BoundPod;
import io.gat.keys.Algorithm;
import io.gat.token.AssertionKeys;
import io.gat.token.AssertionTerms;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KubernetesAuthenticatorTest extends AssertionContract {
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  static KubernetesAuthenticator by(AssertionTerms.Evidence evidence, BoundPod boundPod) {
    return new KubernetesAuthenticator(
        "tested",
        ISSUER,
        new AssertionTerms(
            evidence,
            Set.of(Algorithm.RS256),
            Set.of("jwt", "none"),
            OWN,
            AssertionTerms.Addressing.ONE,
            AssertionTerms.IssueTime.REQUIRED,
            Duration.ofHours(24)),
        boundPod,
        VERIFIER,
        () -> {});
  }

  @Override
  Authenticator with(AssertionKeys keys) {
    return by(new AssertionTerms.Evidence.SignedBy(keys), BoundPod.REQUIRED);
  }

  /** As a projected volume has it. */
  static Map<String, Object> projected() {
    long now = NOW.getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("aud", List.of(OWN));
    claims.put("exp", now + 3600);
    claims.put("iat", now - 5);
    claims.put("iss", ISSUER);
    claims.put("jti", "0d7a8f4e-93a2-4f1f-a4a7-1c9f0f7c9d8e");
    claims.put("kubernetes.io", own("shop", "checkout"));
    claims.put("nbf", now - 5);
    claims.put("sub", "system:serviceaccount:shop:checkout");
    return claims;
  }

  private static Map<String, Object> own(String namespace, String account) {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("namespace", namespace);
    own.put("node", Map.of("name", "node-1", "uid", "5b7e0a3c"));
    own.put("pod", Map.of("name", "checkout-7c9d-x2", "uid", "9f8e7d6c"));
    own.put("serviceaccount", Map.of("name", account, "uid", "1a2b3c4d"));
    return own;
  }

  private static Map<String, Object> without(String name) {
    Map<String, Object> own = own("shop", "checkout");
    own.remove(name);
    return own;
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> own = own("shop", "checkout");
    own.put(name, value);
    return own;
  }

  @Override
  Map<String, Object> claims() {
    return projected();
  }

  @Override
  String principal() {
    return "k8s:shop/checkout";
  }

  @Override
  Map<String, Bad> bad() {
    Map<String, Bad> bad = super.bad();
    String malformed = "malformed_service_account";
    bad.put("no claims of Kubernetes", signed(malformed, claimsWith("kubernetes.io", null)));
    bad.put("claims as a text", signed(malformed, claimsWith("kubernetes.io", "shop")));
    bad.put(
        "another account in them",
        signed(malformed, claimsWith("kubernetes.io", own("shop", "cart"))));
    bad.put(
        "another namespace in them",
        signed(malformed, claimsWith("kubernetes.io", own("bank", "checkout"))));
    bad.put(
        "another subject", signed(malformed, claimsWith("sub", "system:serviceaccount:shop:cart")));
    bad.put("a user", signed(malformed, claimsWith("sub", "system:admin")));
    bad.put(
        "a namespace with a colon",
        signed(malformed, claimsWith("kubernetes.io", own("shop:x", "checkout"))));
    bad.put(
        "an account without a uid",
        signed(
            malformed,
            claimsWith("kubernetes.io", with("serviceaccount", Map.of("name", "checkout")))));
    bad.put(
        "no account", signed(malformed, claimsWith("kubernetes.io", without("serviceaccount"))));
    bad.put(
        "a pod without a name",
        signed(malformed, claimsWith("kubernetes.io", with("pod", Map.of("uid", "1")))));
    bad.put("no pod", signed("not_bound_to_a_pod", claimsWith("kubernetes.io", without("pod"))));
    return bad;
  }

  @Override
  Map<String, Shown> foreign() {
    Map<String, Shown> foreign = super.foreign();
    foreign.put("another cluster", shown(SIGNER.sign(claimsWith("iss", ISSUER + ".other"))));
    return foreign;
  }

  /** Kubernetes writes a list in any case; as a client's assertion it may have no second one. */
  @Test
  void authenticatesAClientOnlyWhereItIsForOneAudience() {
    Authenticator one =
        new KubernetesAuthenticator(
            "tested",
            ISSUER,
            new AssertionTerms(
                new AssertionTerms.Evidence.SignedBy(SIGNER.keys()),
                Set.of(Algorithm.RS256),
                Set.of("jwt", "none"),
                OWN,
                AssertionTerms.Addressing.AMONG_OTHERS,
                AssertionTerms.IssueTime.REQUIRED,
                Duration.ofHours(24)),
            BoundPod.REQUIRED,
            VERIFIER,
            () -> {});
    String several = SIGNER.sign(claimsWith("aud", List.of(OWN, "https://other")));
    assertInstanceOf(Proof.Proved.class, one.prove(shown(several), NOW));
    assertEquals(
        new Proof.Refused("wrong_audience"),
        one.prove(new Shown.Assertion("", Assertions.CLIENT_ASSERTION, new Secret(several)), NOW));
    assertInstanceOf(
        Proof.Proved.class,
        one.prove(
            new Shown.Assertion("", Assertions.CLIENT_ASSERTION, new Secret(SIGNER.sign(claims()))),
            NOW));
  }

  @Test
  void needsNoPodWhereThatIsOptional() {
    Authenticator one = by(new AssertionTerms.Evidence.SignedBy(SIGNER.keys()), BoundPod.OPTIONAL);
    Proof proof = one.prove(shown(SIGNER.sign(claimsWith("kubernetes.io", without("pod")))), NOW);
    assertEquals(
        "k8s:shop/checkout", assertInstanceOf(Proof.Proved.class, proof).caller().principal());
  }
}
