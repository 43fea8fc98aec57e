package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.policy.AccessRequest;
import io.gat.policy.Credential;
import io.gat.policy.IssuanceRule;
import io.gat.policy.PathNormalization;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyCompilerTest {
  private static final Instant NOW = Instant.EPOCH;
  // As DESIGN.md, section 7, has it.
  private static final String DESIGN =
      """
      version: gat/v1
      service: orders
      workloads: ["spiffe://cluster.local/ns/shop/sa/orders"]          # optional
      hosts: [orders.shop.svc.cluster.local, "*.orders.example.com"]
      audience: orders                     # string or list; the token must carry one of them
      credential: bearer
      rules:
        - name: read-order
          methods: [GET, HEAD]             # absent: any
          paths: ["/v1/orders", "/v1/orders/{id}", "/v1/files/{rest=**}"]
          scopes: [orders:read]            # all of them; any-scope: for one of several
          max-age: 60s                     # of the token, since iat
          when: "token.claims.tenant == path.id.split('-')[0]"
        - {name: health, methods: [GET], paths: ["/healthz"], public: true}
        - {name: internal, paths: ["/internal/{rest=**}"], deny: true}
      """;

  @Test
  void readsTheDesignsExample() {
    PolicyCompiler.Compiled compiled = Policies.compiled(DESIGN);
    Service service = compiled.policy().service("orders").orElseThrow();
    assertEquals(
        new Service(
            "orders",
            Set.of("spiffe://cluster.local/ns/shop/sa/orders"),
            Set.of("orders.shop.svc.cluster.local", "*.orders.example.com"),
            List.of("orders"),
            Credential.BEARER,
            PathNormalization.NONE,
            Service.CaseSensitivity.EXACT),
        service);
    var request =
        AccessRequest.builder().method("GET").host("a.orders.example.com").target("/v1/orders/7");
    Verdict.Guarded guarded =
        assertInstanceOf(Verdict.Guarded.class, compiled.policy().judge(request.build(), "", NOW));
    Rule.Effect.Guarded guard = guarded.guard();
    assertEquals(Set.of("orders:read"), guard.allScopes());
    assertEquals(Set.of(), guard.anyScope());
    assertEquals(Optional.of(Duration.ofSeconds(60)), guard.maxAge());
    assertEquals(Set.of("GET", "HEAD"), guarded.rule().methods());
    assertEquals(
        List.of(
            "p.yaml:13:40: rules[0].when: not every path of the rule has the variable `id`; on the"
                + " others the condition is false: give them a rule of their own"),
        compiled.warnings().stream().map(Problem::toString).toList());
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("examples"))) {
      List<Path> found =
          files
              .filter(f -> f.toString().endsWith(".yaml") && !f.toString().endsWith("_test.yaml"))
              .toList();
      assertTrue(found.size() >= 2);
      return found.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void exampleCompilesWithoutWarning(Path example) {
    var sources = assertInstanceOf(PolicyFiles.Result.Sources.class, PolicyFiles.read(example));
    var compiled =
        assertInstanceOf(PolicyCompiler.Compiled.class, PolicyCompiler.compile(sources.sources()));
    assertEquals(List.of(), compiled.warnings());
  }

  @Test
  void readsIssuance() {
    List<IssuanceRule> rules =
        Policies.compiled(
                """
                version: gat/v1
                issuance: shop
                rules:
                - {name: b, principals: k8s:shop/checkout, audiences: orders, scopes: [x, y]}
                - name: a
                  principals: ["spiffe://d/x", "oidc:https://ci.example#repo:a/b:ref:refs/heads/main"]
                  audiences: [orders, carts]
                  scopes: [x]
                  max-ttl: 60s
                  narrow: true
                """)
            .issuance()
            .rules();
    assertEquals(List.of("a", "b"), rules.stream().map(IssuanceRule::name).toList());
    assertEquals(Optional.of(Duration.ofMinutes(1)), rules.get(0).maxTtl());
    assertEquals(IssuanceRule.OverAsking.NARROWED, rules.get(0).overAsking());
    assertEquals(Set.of("orders", "carts"), rules.get(0).audiences());
    assertEquals(Optional.empty(), rules.get(1).maxTtl());
    assertEquals(IssuanceRule.OverAsking.REFUSED, rules.get(1).overAsking());
    assertEquals(Set.of("k8s:shop/checkout"), rules.get(1).principals());
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "60s,60000", "5m,300000", "1h,3600000"})
  void readsTimeSpans(String text, long millis) {
    var policy =
        Policies.compiled(Policies.service("{name: r, paths: [/a], max-age: " + text + "}"));
    var request = AccessRequest.builder().method("GET").host("s.example").target("/a").build();
    Verdict.Guarded guarded =
        assertInstanceOf(Verdict.Guarded.class, policy.policy().judge(request, "", NOW));
    assertEquals(Optional.of(Duration.ofMillis(millis)), guarded.guard().maxAge());
  }

  @Test
  void falseFlagsAreAsGoodAsAbsent() {
    assertEquals(
        List.of(),
        Policies.problems(
            Policies.service(
                "{name: r, paths: [/a], public: false, deny: false, scopes: s, when: \"true\"}")));
  }

  @Test
  void denyMayShareItsPathsWithAnAllow() {
    assertEquals(
        List.of(),
        Policies.problems(
            Policies.service(
                "{name: a, paths: [/a]}",
                "{name: b, paths: [/a], deny: true}",
                "{name: c, paths: [/a], deny: true}")));
  }

  @Test
  void ignoreCaseMakesTwoShapesOne() {
    String text = Policies.service("{name: a, paths: [/a]}", "{name: b, paths: [/A]}");
    assertEquals(List.of(), Policies.problems(text));
    assertEquals(
        1, Policies.problems(text.replace("audience:", "ignore-case: true\naudience:")).size());
  }

  @Test
  void warnsOfAServiceThatNothingLeadsTo() {
    String text = Policies.service("{name: a, paths: [/a]}").replace("hosts: [s.example]\n", "");
    assertTrue(
        Policies.compiled(text).warnings().getFirst().message().contains("neither hosts nor"));
  }

  @Test
  void reportsAllFilesTogetherInTheirOrder() {
    var result =
        PolicyCompiler.compile(
            List.of(new Source("b.yaml", "a: ["), new Source("a.yaml", "version: gat/v1\n")));
    assertEquals(
        List.of("a.yaml", "b.yaml"),
        assertInstanceOf(PolicyCompiler.Refused.class, result).problems().stream()
            .map(p -> p.position().file())
            .toList());
    assertInstanceOf(PolicyCompiler.Refused.class, PolicyCompiler.compile(List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "audience: orders  ==> audience: other",
        "bearer ==> txn-token",
        "GET, HEAD ==> GET",
        "/healthz ==> /health",
        "orders:read] ==> orders:read, x]",
        "scopes: ==> any-scope:",
        "60s ==> 61s",
        "[0]\" ==> [1]\"",
        "public: true ==> deny: true",
        "deny: true ==> public: true",
        "name: health ==> name: healthy",
        "credential: bearer ==> ignore-case: true",
        "credential: bearer ==> paths: BASE",
        "orders.shop. ==> orders.shop2.",
        "sa/orders ==> sa/other",
      })
  void hashChangesWithTheMeaning(String from, String to) {
    String other = DESIGN.replace(from.strip(), to);
    assertNotEquals(DESIGN, other);
    assertNotEquals(
        Policies.compiled(DESIGN).policy().hash(), Policies.compiled(other).policy().hash());
  }

  @Test
  void hashIgnoresFormatNamesAndOrder() {
    String hash = Policies.compiled(DESIGN).policy().hash();
    assertTrue(hash.matches("[0-9a-f]{16}"), hash);
    String other =
        """
        # other
        rules:
        - {paths: ["/internal/{rest=**}"], name: 'internal', deny: true, public: false}
        - {name: health, public: true, methods: GET, paths: "/healthz"}
        - name: read-order
          when: token.claims.tenant == path.id.split('-')[0]
          max-age: 1m
          scopes: orders:read
          methods: [HEAD, GET]
          paths: ["/v1/files/{rest=**}", "/v1/orders", "/v1/orders/{id}"]
        audience: [orders]
        hosts: ["*.ORDERS.example.com.", orders.shop.svc.cluster.local]
        workloads: spiffe://cluster.local/ns/shop/sa/orders
        paths: none
        service: orders
        version: gat/v1
        """;
    assertEquals(hash, Policies.compiled(other).policy().hash());
    String second = Policies.service("{name: r, paths: [/a]}");
    Source a = new Source("a", DESIGN);
    Source b = new Source("b", second);
    assertEquals(
        assertInstanceOf(PolicyCompiler.Compiled.class, PolicyCompiler.compile(List.of(a, b)))
            .policy()
            .hash(),
        Policies.compiled(second + "---\n" + DESIGN).policy().hash());
    assertNotEquals(hash, Policies.compiled(second + "---\n" + DESIGN).policy().hash());
  }

  @Test
  void compilesTenThousandRules() {
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      rules.add(
          "{name: r"
              + i
              + ", methods: [GET], paths: [\"/v1/k"
              + (i / 100)
              + "/{id}/a"
              + i
              + "\"], scopes: [s], when: \"path.id != ''\"}");
    }
    var policy = Policies.compiled(Policies.service(rules.toArray(String[]::new))).policy();
    var request =
        AccessRequest.builder().method("GET").host("s.example").target("/v1/k77/x/a7777").build();
    Verdict.Guarded guarded =
        assertInstanceOf(Verdict.Guarded.class, policy.judge(request, "", NOW));
    assertEquals("r7777", guarded.rule().name());
  }

  @ParameterizedTest
  @ValueSource(strings = {DESIGN, LanguageTest.WHOLE})
  void anyMutationOfAPolicyIsCompiledOrRefused(String policy) {
    Random random = new Random(11);
    int compiled = 0;
    int refused = 0;
    String[] bits = {
      "{", "}", "[", "]", ":", "\"", "'", "/", "*", "\n", " ", "- ", "rest", "%", "\t"
    };
    for (int i = 0; i < 1_500; i++) {
      StringBuilder text = new StringBuilder(policy);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, bits[random.nextInt(bits.length)]);
          default -> text.setCharAt(at, (char) ('a' + random.nextInt(26)));
        }
      }
      if (compiles(text.toString())) {
        compiled++;
      } else {
        refused++;
      }
    }
    assertTrue(compiled > 80 && refused > 200, compiled + " " + refused);
  }

  @FuzzTest
  void anyTextIsCompiledOrRefused(byte[] data) {
    compiles(new String(data, StandardCharsets.UTF_8));
  }

  private static boolean compiles(String text) {
    return switch (PolicyCompiler.compile(List.of(new Source("f", text)))) {
      case PolicyCompiler.Compiled compiled -> true;
      case PolicyCompiler.Refused refused -> {
        assertTrue(!refused.problems().isEmpty());
        for (Problem problem : refused.problems()) {
          assertEquals(1, problem.toString().lines().count(), problem::toString);
        }
        yield false;
      }
    };
  }
}
