package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.issue.caller.TestCertificates.Holder;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.KeySourceException;
import io.gat.token.AssertionTerms;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whatever is shown: an answer, never an exception, and never a yes to what nobody signed. */
final class CallerFuzzTest {
  private static final Signer SIGNER = new Signer("key-1");
  private static final Holder ROOT = TestCertificates.authority("root");
  private static final Holder SVID =
      TestCertificates.svid("spiffe://cluster.local/a").signedBy(ROOT);
  private static final TrustBundle BUNDLE = new TrustBundle(Set.of(ROOT.certificate()));
  private static final Callers CALLERS = callers();

  private static Callers callers() {
    AssertionTerms terms =
        new AssertionTerms(
            new AssertionTerms.Evidence.SignedBy(SIGNER.keys()),
            Set.of(Algorithm.RS256),
            Set.of("jwt", "none"),
            AuthenticatorContract.OWN,
            AssertionTerms.Addressing.AMONG_OTHERS,
            AssertionTerms.IssueTime.OPTIONAL,
            Duration.ofHours(24));
    return new Callers(
        List.of(
            new X509SvidAuthenticator("x", "cluster.local", () -> BUNDLE, () -> {}),
            new JwtSvidAuthenticator(
                "j", "cluster.local", terms, AssertionContract.VERIFIER, () -> {}),
            new KubernetesAuthenticator(
                "k",
                "https://cluster",
                terms,
                KubernetesAuthenticator.BoundPod.OPTIONAL,
                AssertionContract.VERIFIER,
                () -> {}),
            new PrivateKeyJwtAuthenticator(
                "p", () -> Map.of("checkout", terms), AssertionContract.VERIFIER, () -> {}),
            new ClientSecretAuthenticator("c", () -> Map.of("checkout", List.of()), () -> {}),
            new ApiKeyAuthenticator("a", Map::of, () -> {})));
  }

  private static Proof prove(Shown shown) {
    Proof proof = CALLERS.identify(shown, AuthenticatorContract.NOW);
    assertFalse(proof instanceof Proof.NotMine);
    return proof;
  }

  @FuzzTest
  void anyText(FuzzedDataProvider data) {
    String type =
        data.pickValue(
            new String[] {
              "", Assertions.CLIENT_ASSERTION, Assertions.CLIENT_ASSERTION_SPIFFE, "other"
            });
    String client = data.consumeString(20);
    String text = data.consumeRemainingAsString();
    for (Shown shown :
        List.of(
            new Shown.Assertion(client, type, new Secret(text)),
            new Shown.ClientSecret(client, new Secret(text)),
            new Shown.ApiKey(new Secret(text)))) {
      assertInstanceOf(Proof.Refused.class, prove(shown));
    }
  }

  /** A signer that is trusted signs nonsense: whoever it proves has a sound name. */
  @FuzzTest
  void anySignedClaims(FuzzedDataProvider data) {
    Map<String, Object> claims = new LinkedHashMap<>();
    long now = AuthenticatorContract.NOW.getEpochSecond();
    claims.put("aud", AuthenticatorContract.OWN);
    claims.put("exp", now + 60);
    claims.put("iss", data.pickValue(new String[] {"https://cluster", "checkout", ""}));
    claims.put("sub", data.consumeString(40));
    try {
      claims.putAll(StrictJson.object(data.consumeRemainingAsString()));
    } catch (MalformedJsonException e) {
      // without more of them
    }
    Proof proof = prove(new Shown.Assertion("", "", new Secret(SIGNER.sign(claims))));
    assertNotNull(proof);
    if (proof instanceof Proof.Proved proved) {
      String name = proved.caller().principal();
      assertTrue(
          name.matches("k8s:[a-z0-9-]+/[a-z0-9.-]+") || SpiffeId.ofWorkload(name).isPresent(),
          name);
    }
  }

  @FuzzTest
  void anyName(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    Optional<SpiffeId> id = SpiffeId.ofWorkload(text);
    id.ifPresent(
        one -> {
          assertEquals(text, one.text());
          assertTrue(text.matches("spiffe://[a-z0-9._-]+(/[a-zA-Z0-9._-]+)+"), text);
        });
  }

  @FuzzTest
  void anyCertificate(FuzzedDataProvider data) throws Exception {
    byte[] bytes = SVID.certificate().getEncoded();
    for (int n = data.consumeInt(1, 4); n > 0; n--) {
      bytes[data.consumeInt(0, bytes.length - 1)] = data.consumeByte();
    }
    X509Certificate certificate;
    try {
      certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      return; // TLS would not have taken it
    }
    Proof proof = prove(new Shown.Certificates(List.of(certificate)));
    assertTrue(
        proof instanceof Proof.Refused || certificate.equals(SVID.certificate()), proof.toString());
  }

  @FuzzTest
  void anyBundle(FuzzedDataProvider data) {
    try {
      assertFalse(
          TrustBundle.read(Path.of("b"), data.consumeRemainingAsBytes()).authorities().isEmpty());
    } catch (KeySourceException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("b: "));
    }
  }
}
