package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.keys.Algorithm;
import io.gat.token.AssertionKeys;
import io.gat.token.AssertionTerms;
import io.gat.token.ClaimCondition;
import io.gat.token.ClaimCondition.Expected;
import io.gat.token.ClaimPattern;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OidcAuthenticatorTest extends AssertionContract {
  private static final String GITHUB = "https://token.actions.githubusercontent.com";

  private static OidcAuthenticator trusting(
      String issuer, AssertionKeys keys, List<List<ClaimCondition>> trust) {
    return new OidcAuthenticator(
        "tested",
        issuer,
        new AssertionTerms(
            new AssertionTerms.Evidence.SignedBy(keys),
            Set.of(Algorithm.RS256),
            Set.of("jwt", "none"),
            OWN,
            AssertionTerms.Addressing.ONE,
            AssertionTerms.IssueTime.REQUIRED,
            Duration.ofHours(24)),
        trust,
        VERIFIER,
        () -> {});
  }

  private static ClaimCondition text(String claim, String pattern) {
    return new ClaimCondition(claim, new Expected.Text(new ClaimPattern(pattern)));
  }

  @Override
  Authenticator with(AssertionKeys keys) {
    return trusting(
        GITHUB,
        keys,
        List.of(
            List.of(
                text("sub", "repo:acme/shop:ref:refs/heads/main"),
                text("repository_owner_id", "1234567"))));
  }

  /** As GitHub Actions signs it for a push to a branch. */
  @Override
  Map<String, Object> claims() {
    long now = NOW.getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("jti", "3c1f1c9e-1b4a-4b7e-9c3f-2f1d8c0e5a11");
    claims.put("sub", "repo:acme/shop:ref:refs/heads/main");
    claims.put("aud", OWN);
    claims.put("ref", "refs/heads/main");
    claims.put("sha", "8f3a9b6a1f6c8f4f9f5d0a3a5c2b7d1e6f4a9c0b");
    claims.put("repository", "acme/shop");
    claims.put("repository_owner", "acme");
    claims.put("repository_owner_id", "1234567");
    claims.put("run_id", "9876543210");
    claims.put("actor", "octocat");
    claims.put("workflow", "deploy");
    claims.put("event_name", "push");
    claims.put("ref_protected", "true");
    claims.put("ref_type", "branch");
    claims.put("job_workflow_ref", "acme/shop/.github/workflows/deploy.yml@refs/heads/main");
    claims.put("runner_environment", "github-hosted");
    claims.put("iss", GITHUB);
    claims.put("nbf", now - 605);
    claims.put("exp", now + 295);
    claims.put("iat", now - 5);
    return claims;
  }

  @Override
  String principal() {
    return "oidc:" + GITHUB + "#repo:acme/shop:ref:refs/heads/main";
  }

  @Override
  Map<String, Bad> bad() {
    Map<String, Bad> bad = super.bad();
    String untrusted = "untrusted_subject";
    bad.put(
        "another branch",
        signed(untrusted, claimsWith("sub", "repo:acme/shop:ref:refs/heads/mai")));
    bad.put(
        "a branch that begins the same",
        signed(untrusted, claimsWith("sub", "repo:acme/shop:ref:refs/heads/main/evil")));
    bad.put("a pull request", signed(untrusted, claimsWith("sub", "repo:acme/shop:pull_request")));
    bad.put(
        "another owner of that name",
        signed(untrusted, claimsWith("repository_owner_id", "7654321")));
    bad.put("an owner as a number", signed(untrusted, claimsWith("repository_owner_id", 1234567)));
    bad.put("no owner", signed(untrusted, claimsWith("repository_owner_id", null)));
    bad.put("no subject", signed("missing_claim", claimsWith("sub", null)));
    bad.put("no time of issue", signed("missing_claim", claimsWith("iat", null)));
    return bad;
  }

  @Override
  Map<String, Shown> foreign() {
    Map<String, Shown> foreign = super.foreign();
    foreign.put("another issuer", shown(SIGNER.sign(claimsWith("iss", GITHUB + "/acme"))));
    foreign.put("no issuer", shown(SIGNER.sign(claimsWith("iss", null))));
    foreign.put("an issuer in a list", shown(SIGNER.sign(claimsWith("iss", List.of(GITHUB)))));
    return foreign;
  }

  /** Whoever else it is for could show it as this client (RFC 7523 as updated). */
  @Test
  void authenticatesAClientOnlyWhereItIsForThisIssuerAloneAsOneString() {
    Authenticator one = trustingForOthersToo(OWN);
    for (Object aud : List.of(List.of(OWN, "https://other"), List.of(OWN))) {
      String compact = SIGNER.sign(claimsWith("aud", aud));
      assertEquals(
          new Proof.Refused("wrong_audience"),
          one.prove(new Shown.Assertion("", Assertions.CLIENT_ASSERTION, new Secret(compact)), NOW),
          aud::toString);
      assertInstanceOf(Proof.Proved.class, one.prove(shown(compact), NOW));
    }
    Shown alone =
        new Shown.Assertion("", Assertions.CLIENT_ASSERTION, new Secret(SIGNER.sign(claims())));
    assertInstanceOf(Proof.Proved.class, one.prove(alone, NOW));
    Shown configured =
        new Shown.Assertion(
            "", Assertions.CLIENT_ASSERTION, new Secret(SIGNER.sign(claimsWith("aud", "gat"))));
    assertInstanceOf(Proof.Proved.class, trustingForOthersToo("gat").prove(configured, NOW));
  }

  private static OidcAuthenticator trustingForOthersToo(String audience) {
    return new OidcAuthenticator(
        "tested",
        GITHUB,
        new AssertionTerms(
            new AssertionTerms.Evidence.SignedBy(SIGNER.keys()),
            Set.of(Algorithm.RS256),
            Set.of("jwt", "none"),
            audience,
            AssertionTerms.Addressing.AMONG_OTHERS,
            AssertionTerms.IssueTime.REQUIRED,
            Duration.ofHours(24)),
        List.of(List.of(text("repository_owner_id", "1234567"))),
        VERIFIER,
        () -> {});
  }

  /** What providers sign, and the trust that one would write for it. */
  @SuppressWarnings("ImmutableEnumChecker") // its maps are
  enum Provider {
    GITLAB(
        "https://gitlab.com",
        "project_path:acme/shop:ref_type:branch:ref:main",
        Map.of(
            "namespace_path", "acme",
            "project_path", "acme/shop",
            "ref_protected", "true",
            "pipeline_source", "push"),
        List.of(
            text("sub", "project_path:acme/*:ref_type:branch:ref:main"),
            text("namespace_path", "acme"),
            text("ref_protected", "true")),
        Map.of("sub", "project_path:acme/shop/sub:ref_type:branch:ref:main")),
    KEYCLOAK(
        "https://keycloak.example/realms/shop",
        "7d0c2b1e-2f6c-4d76-a2c5-9a9b8f1f7c55",
        Map.of(
            "azp", "deployer",
            "typ", "Bearer",
            "realm_access", Map.of("roles", List.of("offline_access", "gat-deployer"))),
        List.of(text("azp", "deployer"), text("realm_access.roles", "gat-deployer")),
        Map.of("realm_access", Map.of("roles", List.of("offline_access")))),
    GOOGLE(
        "https://accounts.google.com",
        "112233445566778899000",
        Map.of(
            "azp", "112233445566778899000",
            "email", "deployer@acme-prod.iam.gserviceaccount.com",
            "email_verified", true),
        List.of(
            text("email", "deployer@acme-prod.iam.gserviceaccount.com"),
            new ClaimCondition("email_verified", new Expected.Truth(true))),
        Map.of("email_verified", "true")),
    AWS(
        "https://d1a2b3c4.tokens.sts.global.api.aws",
        "arn:aws:iam::123456789012:role/deployer",
        Map.of("https://sts.amazonaws.com/", Map.of("aws_account", "123456789012")),
        List.of(
            text("sub", "arn:aws:iam::123456789012:role/deployer"),
            text("https://sts.amazonaws.com/.aws_account", "123456789012")),
        Map.of("sub", "arn:aws:iam::123456789013:role/deployer")),
    AZURE(
        "https://login.microsoftonline.com/0f0e1d2c-0000-4000-8000-112233445566/v2.0",
        "b1c2d3e4-0000-4000-8000-aabbccddeeff",
        Map.of(
            "oid", "b1c2d3e4-0000-4000-8000-aabbccddeeff",
            "azp", "c0ffee00-0000-4000-8000-000000000001",
            "tid", "0f0e1d2c-0000-4000-8000-112233445566",
            "ver", "2.0",
            "roles", List.of("Gat.Deploy")),
        List.of(text("oid", "b1c2d3e4-0000-4000-8000-aabbccddeeff"), text("roles", "Gat.Deploy")),
        Map.of("roles", List.of("Gat.Deploy.All")));

    private final String issuer;
    private final String subject;
    private final Map<String, Object> others;
    private final List<ClaimCondition> trust;
    private final Map<String, Object> somebodyElse;

    Provider(
        String issuer,
        String subject,
        Map<String, Object> others,
        List<ClaimCondition> trust,
        Map<String, Object> somebodyElse) {
      this.issuer = issuer;
      this.subject = subject;
      this.others = others;
      this.trust = trust;
      this.somebodyElse = somebodyElse;
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesTokensOfProvidersAsTheySignThem(Provider provider) {
    Authenticator one = trusting(provider.issuer, SIGNER.keys(), List.of(provider.trust));
    Map<String, Object> claims = new LinkedHashMap<>(provider.others);
    long now = NOW.getEpochSecond();
    claims.putAll(Map.of("iss", provider.issuer, "sub", provider.subject, "aud", List.of(OWN)));
    claims.putAll(Map.of("iat", now, "exp", now + 3600));

    Proof.Proved proved =
        assertInstanceOf(Proof.Proved.class, one.prove(shown(SIGNER.sign(claims)), NOW));
    assertEquals("oidc:" + provider.issuer + "#" + provider.subject, proved.caller().principal());

    claims.putAll(provider.somebodyElse);
    assertEquals(
        new Proof.Refused("untrusted_subject"), one.prove(shown(SIGNER.sign(claims)), NOW));
  }

  @Test
  void oneEntryOfSeveralIsEnoughAndHalfOfTwoIsNot() {
    Authenticator one =
        trusting(
            GITHUB,
            SIGNER.keys(),
            List.of(
                List.of(text("repository", "acme/other"), text("ref", "refs/heads/main")),
                List.of(text("repository", "acme/shop"), text("ref", "refs/heads/release"))));
    assertEquals(new Proof.Refused("untrusted_subject"), one.prove(good(), NOW));
    assertInstanceOf(
        Proof.Proved.class,
        one.prove(shown(SIGNER.sign(claimsWith("ref", "refs/heads/release"))), NOW));
  }
}
