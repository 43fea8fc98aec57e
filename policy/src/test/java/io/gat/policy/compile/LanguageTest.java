package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Tokens;
import io.gat.policy.Upstream;
import io.gat.policy.Verdict;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the parts of the language mean that are written once and used by many rules. */
class LanguageTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:30Z");

  /** Every part of the language. */
  static final String WHOLE =
      """
      version: gat/v1
      service: orders
      values:
        default: {domain: shop.local, for: orders, level: "3", network: 10.0.0.0/8}
        prod: {domain: shop.example}
      hosts: ["orders.${domain}"]
      audience: ${for}
      upstream: {headers: true, forward-token: false}
      conditions:
        same-tenant: "token.claims.tenant == path.tenant"
        senior: "token.claims.level >= ${level}"
      scope-groups: {readers: [orders:read, orders:list], writers: [orders:write]}
      rules:
        - name: read
          methods: [GET]
          paths: ["/v1/{tenant}/orders"]
          headers: {x-client: [web, app], x-debug: "*"}
          query: {page: ["1", "2"]}
          from:
            principals: ["spiffe://d/ns/shop/sa/*"]
            namespaces: [shop]
            networks: ["${network}", "2001:db8::/32"]
          during: {days: [mon, tue], from: "22:00", to: "06:00", zone: Europe/Berlin}
          scopes: ["@readers", orders:x]
          when: {all: [same-tenant, senior]}
        - {name: either, paths: ["/v2/{tenant}"], any-scope: ["@writers"], when: {any: [same-tenant, senior]}}
        - {name: call, grpc: {service: shop.v1.Orders, methods: [Get, List]}, scopes: [orders:read]}
        - {name: metrics, paths: [/metrics], public: true, from: {namespaces: [monitoring]}}
        - {name: freeze, methods: [POST], paths: ["/{all=**}"], deny: true, during: {days: [sun]}}
      """;

  @ParameterizedTest(name = "tenant={0} level={1} all={2} any={3}")
  @CsvSource({
    "a,3,true,true",
    "a,2,false,true",
    "b,3,false,true",
    "b,2,false,false",
    "a,x,false,true", // a text has no order: senior fails, and counts as false
    "b,x,false,false",
  })
  void namedConditionsCombine(String tenant, String level, boolean all, boolean any) {
    Policy policy = Policies.compiled(WHOLE).policy();
    Object number = level.equals("x") ? "x" : Long.valueOf(level);
    Map<String, Object> claims = Map.of("tenant", tenant, "level", number);
    assertEquals(all, when(policy, "GET", "/v1/a/orders").holds(input(claims)));
    assertEquals(any, when(policy, "GET", "/v2/a").holds(input(claims)));
    assertEquals(
        "(token.claims.tenant == path.tenant) && (token.claims.level >= 3)",
        when(policy, "GET", "/v1/a/orders").source());
  }

  private static Condition.Input input(Map<String, Object> claims) {
    return new Condition.Input(
        Tokens.with(claims), AccessRequest.builder().build(), "/", Map.of("tenant", "a"), NOW);
  }

  private static Condition when(Policy policy, String method, String target) {
    return guarded(policy, method, target).guard().when().orElseThrow();
  }

  private static Verdict.Guarded guarded(Policy policy, String method, String target) {
    return assertInstanceOf(
        Verdict.Guarded.class, policy.judge(call(method, target), "orders", NOW));
  }

  private static AccessRequest call(String method, String target) {
    return AccessRequest.builder().method(method).target(target).build();
  }

  @Test
  void scopeGroupsAreTheirScopes() {
    Policy policy = Policies.compiled(WHOLE).policy();
    assertEquals(
        List.of("orders:read", "orders:list", "orders:x"),
        List.copyOf(guarded(policy, "GET", "/v1/a/orders").guard().allScopes()));
    assertEquals(Set.of("orders:write"), guarded(policy, "GET", "/v2/a").guard().anyScope());
  }

  @Test
  void scopeGroupsAreForIssuanceToo() {
    var rules =
        Policies.compiled(
                """
                version: gat/v1
                issuance: shop
                values: {default: {name: orders}}
                scope-groups: {readers: ["${name}:read", "${name}:list"]}
                rules:
                - {name: a, principals: k8s:a/b, audiences: "${name}", scopes: ["@readers", x]}
                """)
            .issuance()
            .rules();
    assertEquals(Set.of("orders:read", "orders:list", "x"), rules.getFirst().scopes());
    assertEquals(Set.of("orders"), rules.getFirst().audiences());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      nullValues = "-",
      value = {
        "POST /shop.v1.Orders/Get ==> call",
        "POST /shop.v1.Orders/List ==> call",
        "POST /shop.v1.Orders/Delete ==> -",
        "GET /shop.v1.Orders/Get ==> -",
        "POST /shop.v1.Orders/get ==> -",
        "POST /shop.v1.Orders/Get/ ==> -",
        "POST /shop.v1.Orders ==> -",
      })
  void grpcIsAnotherWayToWritePaths(String call, String rule) {
    String[] words = call.split(" ", 2);
    Verdict verdict =
        Policies.compiled(WHOLE).policy().judge(call(words[0], words[1]), "orders", NOW);
    assertEquals(rule, verdict instanceof Verdict.Guarded g ? g.rule().name() : null);
  }

  @Test
  void grpcMeansWhatItsPathsMean() {
    String sugar = Policies.service("{name: r, grpc: {service: a.B, methods: [Get, List]}}");
    String plain = Policies.service("{name: r, methods: [POST], paths: [/a.B/List, /a.B/Get]}");
    assertEquals(
        Policies.compiled(plain).policy().hash(), Policies.compiled(sugar).policy().hash());
    String whole = Policies.service("{name: r, grpc: {service: B}, when: \"path.method != 'x'\"}");
    String wholePlain =
        Policies.service(
            "{name: r, methods: POST, paths: \"/B/{method}\", when: \"path.method != 'x'\"}");
    assertEquals(
        Policies.compiled(wholePlain).policy().hash(), Policies.compiled(whole).policy().hash());
  }

  @ParameterizedTest(name = "{0} on {1} from {2}: {3}")
  @CsvSource({
    // The deny rule applies: nothing else counts.
    "GET,/a/x,spiffe://d/ns/bad/sa/x,deny cut",
    // It does not: the owner's other rule decides, and it is the deny rule's own template.
    "GET,/a/x,spiffe://d/ns/good/sa/x,guarded narrow {}",
    // The deny rule's template owns the path, and lends it to no broader rule.
    "POST,/a/x,spiffe://d/ns/good/sa/x,none",
    "GET,/b/y,spiffe://d/ns/good/sa/x,none",
    "GET,/b/y,spiffe://d/ns/bad/sa/x,deny own",
    // Elsewhere the broad rule decides.
    "POST,/a/z,spiffe://d/ns/good/sa/x,guarded broad {all=a/z}",
    // Who came without an identity may be anybody.
    "GET,/a/x,'',deny cut",
  })
  void denyThatDoesNotApplyLeavesThePathToItsOwner(
      String method, String path, String principal, String expected) {
    Policy policy =
        Policies.compiled(
                Policies.service(
                    "{name: broad, paths: [\"/{all=**}\"]}",
                    "{name: narrow, methods: [GET], paths: [/a/x]}",
                    "{name: cut, methods: [GET], paths: [/a/x], deny: true,"
                        + " from: {namespaces: [bad]}}",
                    "{name: own, paths: [/b/y], deny: true, from: {namespaces: [bad]}}"))
            .policy();
    AccessRequest request =
        AccessRequest.builder().method(method).target(path).sourcePrincipal(principal).build();
    assertEquals(expected, answer(policy.judge(request, "s", NOW)));
  }

  @Test
  void broaderDenyThatAppliesWinsOverANarrowerThatDoesNot() {
    Policy policy =
        Policies.compiled(
                Policies.service(
                    "{name: near, paths: [/a], deny: true, query: {x: \"1\"}}",
                    "{name: far, paths: [\"/{all=**}\"], deny: true, query: {x: \"2\"}}",
                    "{name: open, paths: [/a], public: true}"))
            .policy();
    assertEquals("deny near", answer(policy.judge(call("GET", "/a?x=1"), "s", NOW)));
    assertEquals("deny far", answer(policy.judge(call("GET", "/a?x=2"), "s", NOW)));
    assertEquals("open open", answer(policy.judge(call("GET", "/a?x=3"), "s", NOW)));
    assertEquals("deny near", answer(policy.judge(call("GET", "/a?x=3&x=1"), "s", NOW)));
  }

  private static String answer(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Ambiguous ambiguous -> "ambiguous";
      case Verdict.NoService none -> "no service";
      case Verdict.NoRule none -> "none";
      case Verdict.DeniedByRule denied -> "deny " + denied.rule().name();
      case Verdict.Open open -> "open " + open.rule().name();
      case Verdict.Guarded guarded -> "guarded " + guarded.rule().name() + " " + guarded.path();
    };
  }

  @Test
  void freezeFollowsTheClockOfTheCheck() {
    Policy policy = Policies.compiled(WHOLE).policy();
    AccessRequest request = call("POST", "/v2/a");
    Instant saturday = Instant.parse("2026-01-03T23:59:59.999999999Z");
    assertEquals("guarded either {tenant=a}", answer(policy.judge(request, "orders", saturday)));
    assertEquals("deny freeze", answer(policy.judge(request, "orders", saturday.plusNanos(1))));
  }

  @ParameterizedTest
  @CsvSource({"default,orders.shop.local", "prod,orders.shop.example"})
  void valuesAreTheEnvironments(String environment, String host) {
    var compiled = compiled(WHOLE, environment);
    Service orders = compiled.policy().service("orders").orElseThrow();
    assertEquals(Set.of(host), orders.hosts());
    assertEquals(List.of("orders"), orders.audiences());
    // What `prod` does not say, `default` does.
    assertTrue(when(compiled.policy(), "GET", "/v2/a").source().contains(">= 3"));
  }

  @Test
  void documentWithValuesMustHaveTheEnvironment() {
    assertEquals(
        List.of(
            "p.yaml:4:3: values: there is no environment `prd`; did you mean `prod`?",
            "q.yaml:1:1: `version` is missing; add `version: gat/v1`"),
        assertInstanceOf(
                PolicyCompiler.Refused.class,
                PolicyCompiler.compile(
                    List.of(new Source("p.yaml", WHOLE), new Source("q.yaml", "service: s\n")),
                    "prd"))
            .problems()
            .stream()
            .filter(p -> p.path().equals("values") || p.message().contains("version"))
            .map(Problem::toString)
            .toList());
    String without = Policies.service("{name: r, paths: [/a]}");
    assertEquals("s", compiled(without, "prd").policy().services().iterator().next().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      quoteCharacter = '`',
      value = {
        "${a} ==> x",
        "-${a}-${b.c}- ==> -x-y z-",
        "${a}${a} ==> xx",
        "$${a} ==> ${a}",
        "$$${a} ==> $${a}",
        "$a {a} $ ==> $a {a} $",
        "$${ ==> ${",
        "${a}$${a}${a} ==> x${a}x",
      })
  void putsValuesIntoTexts(String text, String expected) {
    String policy =
        Policies.service("{name: r, paths: [/a], query: {q: '" + text + "'}}")
            .replace("audience", "values: {default: {a: x, b.c: y z}}\naudience");
    String query = java.net.URLEncoder.encode(expected, java.nio.charset.StandardCharsets.UTF_8);
    AccessRequest request = call("GET", "/a?q=" + query);
    Verdict.Guarded verdict =
        assertInstanceOf(
            Verdict.Guarded.class, Policies.compiled(policy).policy().judge(request, "s", NOW));
    assertTrue(verdict.rule().applies(request, NOW), () -> verdict.rule().circumstances() + "");
  }

  @Test
  void boundsWhatValuesCanMakeOfADocument() {
    String big = "x".repeat(20_000);
    String many = "${a}".repeat(300);
    String policy =
        Policies.service("{name: r, paths: [/a], query: {q: \"" + many + "\"}}")
            .replace("audience", "values: {default: {a: " + big + "}}\naudience");
    assertTrue(
        Policies.problems(policy)
            .getFirst()
            .endsWith("with its values the document is larger than 4 MiB; split it"));
  }

  @Test
  void serviceChoosesItsUpstream() {
    assertEquals(
        new Upstream(Upstream.Choice.YES, Upstream.Choice.NO, Set.of()),
        Policies.compiled(WHOLE).policy().service("orders").orElseThrow().upstream());
    String one = WHOLE.replace("headers: true, forward-token: false", "forward-token: true");
    assertEquals(
        new Upstream(Upstream.Choice.CONFIGURED, Upstream.Choice.YES, Set.of()),
        Policies.compiled(one).policy().service("orders").orElseThrow().upstream());
    String none = WHOLE.replace("upstream: {headers: true, forward-token: false}\n", "");
    assertEquals(
        Upstream.configured(),
        Policies.compiled(none).policy().service("orders").orElseThrow().upstream());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "domain: shop.local ==> domain: shop.test",
        "headers: true ==> headers: false",
        "forward-token: false ==> forward-token: true",
        ", forward-token: false ==> ",
        "claims.level >= ==> claims.level >",
        "orders:list] ==> orders:lists]",
        "[web, app] ==> [web]",
        "x-debug: ==> x-debugs:",
        "page: ==> pages:",
        "[\"1\", \"2\"] ==> \"1\"",
        "sa/*\"] ==> sa/a\"]",
        "namespaces: [shop] ==> namespaces: [shops]",
        "2001:db8::/32 ==> 2001:db8::/33",
        "[mon, tue] ==> [mon]",
        "\"22:00\" ==> \"22:01\"",
        "\"06:00\" ==> \"06:01\"",
        "Europe/Berlin ==> Europe/Paris",
        "{all: [same ==> {any: [same",
        "[Get, List] ==> [Get]",
        ", during: {days: [sun]} ==> ",
      })
  void hashChangesWithTheMeaning(String from, String to) {
    String other = WHOLE.replace(from, to == null ? "" : to);
    assertNotEquals(WHOLE, other);
    assertNotEquals(
        Policies.compiled(WHOLE).policy().hash(), Policies.compiled(other).policy().hash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "[web, app] ==> [app, web]",
        "x-client: ==> X-Client:",
        "[mon, tue] ==> [tue, mon]",
        "same-tenant ==> tenant",
        "readers ==> lesers",
        "prod: {domain: shop.example} ==> prod: {domain: shop.test}",
        "[Get, List] ==> [List, Get]",
      })
  void hashIgnoresOrderAndNamesOfParts(String from, String to) {
    String other = WHOLE.replace(from, to);
    assertNotEquals(WHOLE, other);
    assertEquals(
        Policies.compiled(WHOLE).policy().hash(), Policies.compiled(other).policy().hash());
  }

  @Test
  void namedConditionThatOneRuleCannotUseIsToldThere() {
    String text =
        Policies.service(
                "{name: a, paths: [\"/a/{id}\"], when: {all: [own]}}",
                "{name: b, paths: [\"/b\", \"/c/{id}\"], when: {all: [own]}}")
            .replace("audience", "conditions: {own: \"path.id == token.subject\"}\naudience");
    assertEquals(
        List.of(
            "p.yaml:8:52: rules[1].when.all[0]: not every path of the rule has the variable `id`;"
                + " on the others the condition is false: give them a rule of their own"),
        Policies.compiled(text).warnings().stream().map(Problem::toString).toList());
  }

  @Test
  void circumstancesAreOfEveryEffect() {
    Policy policy = Policies.compiled(WHOLE).policy();
    Verdict.Open metrics =
        assertInstanceOf(Verdict.Open.class, policy.judge(call("GET", "/metrics"), "orders", NOW));
    Rule rule = metrics.rule();
    AccessRequest.Builder request = AccessRequest.builder();
    assertEquals(false, rule.applies(request.build(), NOW));
    request.sourcePrincipal("spiffe://d/ns/monitoring/sa/prometheus");
    assertEquals(true, rule.applies(request.build(), NOW));
    assertEquals(6, guarded(policy, "GET", "/v1/a/orders").rule().circumstances().size());
  }

  private static PolicyCompiler.Compiled compiled(String text, String environment) {
    return assertInstanceOf(
        PolicyCompiler.Compiled.class,
        PolicyCompiler.compile(List.of(new Source("p.yaml", text)), environment));
  }
}
