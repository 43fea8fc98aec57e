package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Selection;
import io.gat.policy.Verdict;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code enforce: shadow} makes of a set. */
class ShadowTest {
  private static final String SERVICES =
      """
      version: gat/v1
      service: orders
      hosts: [o.example, old.example]
      workloads: [w]
      audience: orders
      rules:
        - {name: read, methods: [GET, HEAD], paths: ["/v1/{id}"], scopes: [read]}
        - {name: anything, paths: ["/any/{x=**}"], scopes: [read]}
        - {name: closed, paths: ["/closed"], deny: true}
        - {name: stricter, enforce: shadow, methods: [GET], paths: ["/v1/{order}"], scopes: [read, own]}
        - {name: narrower, enforce: shadow, paths: ["/any/x"], methods: [GET], scopes: [read]}
        - {name: also-closed, enforce: shadow, methods: [HEAD], paths: ["/v1/{x}"], deny: true}
        - {name: opened, enforce: shadow, paths: ["/closed"], public: true}
        - {name: new, enforce: shadow, paths: ["/new"], public: true}
      ---
      version: gat/v1
      service: bills
      enforce: shadow
      hosts: [old.example, b.example]
      audience: bills
      rules:
        - {name: all, paths: ["/{rest=**}"], scopes: [bills]}
      """;

  private static final PolicyCompiler.Compiled SET = Policies.compiled(SERVICES);

  @ParameterizedTest
  @CsvSource({
    // call, what is enforced, what the candidate says
    "GET o.example/v1/1, orders/read, orders/stricter",
    "HEAD o.example/v1/1, orders/read, -orders/also-closed",
    "POST o.example/v1/1, no_rule, no_rule",
    "GET o.example/any/x, orders/anything, orders/narrower",
    "PUT o.example/any/x, orders/anything, no_rule", // the more specific template owns the path
    "GET o.example/any/y, orders/anything, orders/anything",
    "GET o.example/closed, -orders/closed, -orders/closed", // a deny rule has no rival
    "GET o.example/new, no_rule, orders/new",
    "GET old.example/v1/1, orders/read, bills/all",
    "GET b.example/v1/1, no_service, bills/all",
    "GET c.example/v1/1, no_service, no_service",
  })
  void shadowStandsInTheCandidateOnly(String call, String enforced, String candidate) {
    assertEquals(enforced, answer(SET.policy(), call));
    assertEquals(candidate, answer(SET.candidate().orElseThrow(), call));
  }

  private static String answer(Policy policy, String call) {
    String method = call.split(" ", -1)[0];
    String url = call.split(" ", -1)[1];
    int slash = url.indexOf('/');
    AccessRequest request =
        AccessRequest.builder()
            .method(method)
            .host(url.substring(0, slash))
            .target(url.substring(slash))
            .build();
    return switch (policy.judge(request, "", Instant.EPOCH)) {
      case Verdict.Ambiguous ambiguous -> "ambiguous";
      case Verdict.NoService none -> "no_service";
      case Verdict.NoRule none -> "no_rule";
      case Verdict.DeniedByRule denied ->
          "-" + denied.service().name() + "/" + denied.rule().name();
      case Verdict.Open open -> open.service().name() + "/" + open.rule().name();
      case Verdict.Guarded guarded -> guarded.service().name() + "/" + guarded.rule().name();
    };
  }

  @Test
  void tellsWhichRuleIsReplaced() {
    AccessRequest request =
        AccessRequest.builder().method("GET").host("o.example").target("/v1/1").build();
    List<String> standings =
        SET.candidate().orElseThrow().select(request, "", Instant.EPOCH).candidates().stream()
            .map(c -> c.rule().name() + " " + c.standing().getClass().getSimpleName())
            .toList();
    assertEquals(
        List.of("stricter Decides", "also-closed OtherMethod", "read Replaced"), standings);
    assertTrue(
        SET.policy().select(request, "", Instant.EPOCH).candidates().stream()
            .allMatch(c -> c.standing() instanceof Selection.Standing.Decides));
  }

  @Test
  void aServiceInShadowStandsForTheOneOfItsName() {
    PolicyCompiler.Compiled set =
        Policies.compiled(
            Policies.service("{name: a, paths: [/a], public: true}")
                + "---\n"
                + Policies.service("{name: b, enforce: always, paths: [/b], public: true}")
                    .replace("service: s\n", "service: s\nenforce: shadow\n"));
    assertEquals("s/a", answer(set.policy(), "GET s.example/a"));
    assertEquals("no_rule", answer(set.policy(), "GET s.example/b"));
    Policy candidate = set.candidate().orElseThrow();
    assertEquals("no_rule", answer(candidate, "GET s.example/a"));
    assertEquals("s/b", answer(candidate, "GET s.example/b"));
    assertEquals(List.of(), set.warnings().stream().map(Problem::toString).toList());
  }

  @Test
  void aSetWithoutShadowHasNoCandidate() {
    PolicyCompiler.Compiled set =
        Policies.compiled(Policies.service("{name: a, enforce: always, paths: [/a], scopes: [x]}"));
    assertTrue(set.candidate().isEmpty());
    assertEquals(hash("{name: a, paths: [/a], scopes: [x]}"), set.policy().hash());
  }

  @Test
  void hashChangesWithWhatIsInShadow() {
    String live = "{name: a, paths: [/a], scopes: [x]}";
    String one = "{name: b, enforce: shadow, paths: [/b], scopes: [x]}";
    Set<String> hashes =
        Set.of(
            hash(live),
            hash(live, one),
            hash(live, one.replace("[x]", "[y]")),
            hash(live, one.replace("enforce: shadow, ", "")));
    assertEquals(4, hashes.size());
    assertEquals(
        hash(live, one),
        Policies.compiled(Policies.service(one, live)).candidate().orElseThrow().hash());
    String issuance =
        """
        version: gat/v1
        issuance: i
        rules:
        - {name: r, KEY principals: ["k8s:a/b"], audiences: [x], scopes: [s]}
        """;
    assertNotEquals(
        Policies.compiled(issuance.replace("KEY", "rollout: 10%,")).policy().hash(),
        Policies.compiled(issuance.replace("KEY", "rollout: 20%,")).policy().hash());
    assertEquals(
        Policies.compiled(issuance.replace("KEY", "rollout: 100%,")).policy().hash(),
        Policies.compiled(issuance.replace("KEY ", "")).policy().hash());
  }

  private static String hash(String... rules) {
    return Policies.compiled(Policies.service(rules)).policy().hash();
  }

  @Test
  void anEnvironmentDecidesByAValue() {
    String text =
        """
        version: gat/v1
        service: s
        hosts: [s.example]
        audience: s
        values: {default: {mode: always}, prod: {mode: shadow}}
        rules:
          - {name: old, paths: ["/a/{x=**}"], scopes: [x]}
          - {name: new, enforce: "${mode}", paths: [/a/b], scopes: [y]}
        """;
    assertTrue(Policies.compiled(text).candidate().isEmpty());
    PolicyCompiler.Result prod =
        PolicyCompiler.compile(List.of(new Source("p.yaml", text)), "prod");
    assertTrue(prod instanceof PolicyCompiler.Compiled set && set.candidate().isPresent());
  }

  @Test
  void lintsJudgeShadowAsAPartOfTheCandidate() {
    List<String> warnings =
        SET.warnings().stream().map(w -> w.id().id() + " " + w.path()).sorted().toList();
    assertEquals(List.of("never-matches rules[6].name"), warnings, SET.warnings().toString());
  }

  @Test
  void whatTheCandidateMakesOfEnforcedRulesIsNoFinding() {
    PolicyCompiler.Compiled set =
        Policies.compiled(
            Policies.service(
                "{name: live, paths: [\"/a/{x}\"], scopes: [x]}",
                "{name: shut, enforce: shadow, paths: [\"/{x=**}\"], deny: true}"));
    assertFalse(set.candidate().isEmpty());
    assertEquals(List.of(), set.warnings());
  }

  @Test
  void tokensMayBeGivenForWhatOnlyTheCandidateAsks() {
    String set =
        """
        version: gat/v1
        service: s
        hosts: [s.example]
        audience: s
        rules:
          - {name: not-yet, paths: ["/all/{x=**}"], public: true}
          - {name: read, enforce: shadow, paths: [/a], scopes: [read], max-age: 60s}
        ---
        version: gat/v1
        issuance: i
        rules:
          - {name: r, principals: ["k8s:a/b"], audiences: [s], scopes: [SCOPE], max-ttl: 60s}
        """;
    assertEquals(List.of(), Policies.compiled(set.replace("SCOPE", "read")).warnings());
    assertEquals(
        List.of("ungrantable-scope", "unasked-scope"),
        Policies.compiled(set.replace("SCOPE", "raed")).warnings().stream()
            .map(w -> w.id().id())
            .toList());
  }
}
