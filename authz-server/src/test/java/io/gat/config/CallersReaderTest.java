package io.gat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.config.CallerConfig.Acceptance;
import io.gat.config.CallerConfig.Audiences;
import io.gat.config.CallerConfig.BoundPod;
import io.gat.config.CallerConfig.KeyOrigin;
import io.gat.config.CallerConfig.Reach;
import io.gat.keys.Algorithm;
import io.gat.token.ClaimCondition;
import io.gat.token.ClaimCondition.Expected;
import io.gat.token.ClaimPattern;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallersReaderTest {
  private static final String OWN = "https://gat.example";

  @TempDir private Path folder;

  private ConfigReader.Result read(String callers) {
    return ConfigReader.parse(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [issuer]
          issuer:
            url: "https://gat.example"
            log: {embedded: data/}
            callers:
        """
            + callers.indent(6),
        Map.of());
  }

  private List<CallerConfig> callers(String text) {
    ConfigReader.Result result = read(text);
    return assertInstanceOf(ConfigReader.Result.Read.class, result, result.toString())
        .config()
        .issuer()
        .orElseThrow()
        .callers();
  }

  private String problem(String text) {
    return assertInstanceOf(ConfigReader.Result.Refused.class, read(text))
        .problems()
        .getFirst()
        .toString();
  }

  private static ClaimCondition text(String claim, String pattern) {
    return new ClaimCondition(claim, new Expected.Text(new ClaimPattern(pattern)));
  }

  @Test
  void readsEveryKind() {
    Reach anywhere = new Reach(Set.of(), Optional.empty());
    Acceptance rs256 = new Acceptance(OWN, Audiences.ONE, Set.of(Algorithm.RS256));
    assertEquals(
        List.of(
            new CallerConfig.X509Svid("mesh", "cluster.local", folder.resolve("bundle.pem")),
            new CallerConfig.JwtSvid(
                "jwt-svid",
                "cluster.local",
                new Acceptance(OWN, Audiences.ONE, Set.of(Algorithm.ES256, Algorithm.RS256)),
                new KeyOrigin.Url(URI.create("https://spire.example/bundle")),
                new Reach(Set.of("spire.example"), Optional.empty())),
            new CallerConfig.Kubernetes(
                "cluster",
                "https://kubernetes.default.svc.cluster.local",
                rs256,
                new KeyOrigin.TokenReview(
                    URI.create("https://kubernetes.default.svc"), folder.resolve("token")),
                new Reach(Set.of("kubernetes.default.svc"), Optional.of(folder.resolve("ca.crt"))),
                BoundPod.REQUIRED),
            new CallerConfig.Oidc(
                "github",
                "https://token.actions.githubusercontent.com",
                rs256,
                new KeyOrigin.Discovery(),
                anywhere,
                Set.of("jwt", "none"),
                List.of(
                    List.of(
                        text("sub", "repo:acme/*:ref:refs/heads/main"),
                        text("repository_owner_id", "1234567")))),
            new CallerConfig.ClientSecret("client-secret", folder.resolve("clients.yaml")),
            new CallerConfig.PrivateKeyJwt(
                "private-key-jwt", folder.resolve("clients.yaml"), anywhere),
            new CallerConfig.ApiKey("legacy", folder.resolve("keys.yaml"))),
        callers(
            """
            - {kind: x509-svid, name: mesh, trust-domain: cluster.local, bundle: bundle.pem}
            - kind: jwt-svid
              trust-domain: cluster.local
              keys: {url: "https://spire.example/bundle"}
              allow-private: [spire.example]
            - kind: kubernetes
              name: cluster
              issuer: https://kubernetes.default.svc.cluster.local
              api: https://kubernetes.default.svc
              token-review: true
              token-file: token
              ca-file: ca.crt
              bound-pod: required
            - kind: oidc
              name: github
              issuer: https://token.actions.githubusercontent.com
              audience: https://gat.example
              trust:
                - subject: "repo:acme/*:ref:refs/heads/main"
                  claims: {repository_owner_id: "1234567"}
            - {kind: client-secret, clients: clients.yaml}
            - {kind: private-key-jwt, clients: clients.yaml}
            - {kind: api-key, name: legacy, clients: keys.yaml}
            """));
  }

  @Test
  void readsTruthsNumbersAndSeveralEntries() {
    CallerConfig.Oidc oidc =
        assertInstanceOf(
            CallerConfig.Oidc.class,
            callers(
                    """
                    - kind: oidc
                      issuer: https://keycloak.example/realms/shop
                      audience: gat
                      algorithms: [ES256]
                      multiple-audiences: true
                      types: [at+jwt]
                      keys: {file: jwks.json}
                      trust:
                        - claims: {azp: deployer, email_verified: true, level: 3}
                        - {subject: somebody}
                    """)
                .getFirst());
    assertEquals(
        List.of(
            List.of(
                text("azp", "deployer"),
                new ClaimCondition("email_verified", new Expected.Truth(true)),
                new ClaimCondition("level", new Expected.Whole(3))),
            List.of(text("sub", "somebody"))),
        oidc.trust());
    assertEquals(
        new Acceptance("gat", Audiences.SEVERAL, Set.of(Algorithm.ES256)), oidc.acceptance());
    assertEquals(Set.of("at+jwt"), oidc.types());
  }

  /** A trust that would let in more than it looks like. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{subject: \"*\"}; nothing before its first `*` says whose",
        "{subject: \"repo:*\"}; nothing before its first `*` says whose",
        "{subject: \"repo:*/shop:ref:refs/heads/main\"}; nothing before its first `*` says whose",
        "{subject: \"repo:acme*/shop:ref:refs/heads/main\"}; one whole segment",
        "{subject: \"repo:acme/shop-*:ref:refs/heads/main\"}; one whole segment",
        "{subject: \"repo:acme/**\"}; one whole segment",
        "{subject: \"repo:acme/.*\"}; regular expression",
        "{subject: \"^repo:acme/shop:ref:refs/heads/main$\"}; regular expression",
        "{subject: \"repo:acme/shop\"}; in which context",
        "{subject: \"repo:acme/shop:*\"}; in which context",
        "{subject: \"repo:acme/*\"}; in which context",
        "{claims: {ref: refs/heads/main}}; nothing here says whose",
        "{claims: {actor: octocat}}; nothing here says whose",
        "{claims: {repository: \"*/shop\"}}; nothing before its first `*` says whose",
        "{claims: {repository: \"*\"}}; nothing before its first `*` says whose",
        "{claims: {aud: a, repository: acme/shop}}; no condition here",
        "{claims: {iss: a, repository: acme/shop}}; no condition here",
        "{claims: {sub: a}}; write it as subject",
        "{claims: {repository: [acme/shop]}}; write one value",
        "{claims: {}}; would trust everybody",
        "{}; would trust everybody",
      })
  void refusesTrustThatIsNotSafe(String entry, String message) {
    String problem =
        problem(
            """
            - kind: oidc
              issuer: https://token.actions.githubusercontent.com
              audience: https://gat.example
              trust:
                - %s
            """
                .formatted(entry));
    assertTrue(problem.contains(message), problem);
    assertTrue(problem.contains("gat.yaml:11:"), problem);
    assertTrue(problem.contains("; "), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "https://accounts.google.com; {claims: {email_verified: true}}; the account",
        "https://gitlab.com; {claims: {ref: main}}; the project's group",
        "https://agent.buildkite.com; {claims: {pipeline_slug: a}}; the organization",
        "https://app.terraform.io; {claims: {terraform_run_phase: apply}}; the organization",
      })
  void issuersOfEverybodysTokensNeedAnOwner(String issuer, String entry, String owner) {
    String problem =
        problem(
            """
            - {kind: oidc, issuer: "%s", audience: a, trust: [%s]}
            """
                .formatted(issuer, entry));
    assertTrue(problem.contains("tokens for anybody"), problem);
    assertTrue(problem.contains(owner), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{name: a}; its kind is missing",
        "{kind: saml}; is not known",
        "{kind: oidc, issuer: \"https://a\", trust: [{subject: b}]}; audience: missing",
        "{kind: oidc, issuer: \"https://a\", audience: c}; trust: missing",
        "{kind: oidc, issuer: \"http://a\", audience: c, trust: [{subject: b}]}; over https",
        "{kind: oidc, issuer: \"https://a?b\", audience: c, trust: [{subject: b}]}; no query",
        "{kind: oidc, issuer: \"https://a\", audience: c, algorithms: [none], trust: [{subject: b}]}; nobody signed",
        "{kind: oidc, issuer: \"https://a\", audience: c, algorithms: [HS256], trust: [{subject: b}]}; not accepted",
        "{kind: oidc, issuer: \"https://a\", audience: c, algorithms: [], trust: [{subject: b}]}; no algorithm",
        "{kind: oidc, issuer: \"https://a\", audience: c, trust: [{subject: b}], sub: d}; unknown key",
        "{kind: oidc, issuer: \"https://a\", audience: c, allow-private: [\"*\"], trust: [{subject: b}]}; is no host",
        "{kind: oidc, issuer: \"https://a\", audience: c, keys: {}, trust: [{subject: b}]}; exactly one origin",
        "{kind: x509-svid, trust-domain: \"spiffe://a\", bundle: b}; is no trust domain",
        "{kind: x509-svid, trust-domain: a}; bundle: missing",
        "{kind: jwt-svid, trust-domain: a}; keys: missing",
        "{kind: kubernetes, issuer: \"https://a\", token-review: true}; nobody is asked",
        "{kind: kubernetes, issuer: \"https://a\", api: \"https://b\", token-review: true}; token-file: missing",
        "{kind: kubernetes, issuer: \"https://a\", api: \"https://b\", keys: {file: c}}; exclude each other",
        "{kind: kubernetes, issuer: \"https://a\", bound-pod: maybe}; is not known here",
        "{kind: api-key}; clients: missing",
        "{kind: api-key, name: A, clients: a}; is no name",
      })
  void refusesWhatCannotBe(String caller, String message) {
    String problem = problem("- " + caller + "\n");
    assertTrue(problem.contains(message), problem);
    assertTrue(problem.contains("gat.yaml:7:"), problem);
  }

  @Test
  void refusesWhatStandsTwice() {
    assertTrue(
        problem("- {kind: api-key, clients: a}\n- {kind: api-key, clients: a}\n")
            .contains("the name \"api-key\" stands twice"));
    assertTrue(
        problem(
                """
                - {kind: x509-svid, name: a, trust-domain: a, bundle: a}
                - {kind: x509-svid, name: b, trust-domain: a, bundle: b}
                """)
            .contains("this trust domain stands twice"));
    assertTrue(
        problem(
                """
                - {kind: oidc, name: a, issuer: "https://a", audience: a, trust: [{subject: b}]}
                - {kind: oidc, name: b, issuer: "https://a", audience: a, trust: [{subject: c}]}
                """)
            .contains("this issuer stands twice"));
  }

  /** k8s:namespace/account would be the same one in both. */
  @Test
  void refusesASecondClusterWithARemedy() {
    String problem =
        problem(
            """
            - {kind: kubernetes, name: a, issuer: "https://a"}
            - {kind: kubernetes, name: b, issuer: "https://b"}
            """);
    assertTrue(problem.contains("gat.yaml:8:"), problem);
    assertTrue(problem.contains("would count as those of the first"), problem);
    assertTrue(problem.contains("write this one as kind: oidc"), problem);
  }

  @Test
  void refusesItsOwnIssuerAsAProofOfWhoAsks() {
    for (String caller :
        List.of(
            "{kind: oidc, issuer: \"https://gat.example\", audience: a, trust: [{subject: b}]}",
            "{kind: kubernetes, issuer: \"https://gat.example\", keys: {file: jwks.json}}")) {
      String problem = problem("- " + caller + "\n");
      assertTrue(problem.contains("this is gat's own issuer"), problem);
      assertTrue(problem.contains("gat.yaml:7:"), problem);
    }
  }

  @Test
  void refusesItsOwnIssuerAsAVerifier() {
    ConfigReader.Result result =
        ConfigReader.parse(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer:
                url: "https://gat.example"
                log: {embedded: data/}
                attestation:
                  - name: training
                    issuer: "https://gat.example"
                    algorithms: [ES256]
                    keys: {url: "https://gat.example/jwks"}
            """,
            Map.of());
    String problems =
        assertInstanceOf(ConfigReader.Result.Refused.class, result).problems().toString();
    assertTrue(problems.contains("this is gat's own issuer"), problems);
    assertTrue(problems.contains("gat.yaml:8:"), problems);
  }

  /** The first never says that it does not know somebody, so nobody would ask the second. */
  @Test
  void refusesASecondFileOfSecretsOrKeys() {
    for (String kind : List.of("client-secret", "api-key")) {
      String problem =
          problem(
              """
              - {kind: %s, name: a, clients: a.yaml}
              - {kind: %s, name: b, clients: b.yaml}
              """
                  .formatted(kind, kind));
      assertTrue(problem.contains("would never be asked"), problem);
      assertTrue(problem.contains("gat.yaml:8:"), problem);
    }
  }

  private static String listening(String listen, String more) {
    return """
    gat:
      roles: [issuer]
      issuer:
        url: "https://gat.example"
        log: {embedded: data/}
        listen: %s
        %s
    """
        .formatted(listen, more);
  }

  @Test
  void httpsGoesWithCertificates() {
    for (String[] wrong :
        new String[][] {
          {"\"https://0.0.0.0:9192\"", "", "https needs it"},
          {"\"http://127.0.0.1:9192\"", "tls: {certificate: a, key: b}", "is not a file"},
          {"\"tcp://127.0.0.1:9192\"", "", "or https://host:port with `tls`"}
        }) {
      String problem =
          assertInstanceOf(
                  ConfigReader.Result.Refused.class,
                  ConfigReader.parse(
                      folder.resolve("gat.yaml"), listening(wrong[0], wrong[1]), Map.of()))
              .problems()
              .toString();
      assertTrue(problem.contains(wrong[2]), problem);
    }
  }
}
