package io.gat.policy.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class PolicyTestsTest {
  private static final String POLICY =
      """
      version: gat/v1
      service: orders
      hosts: [o.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: [/orders], scopes: [read]}
        - name: own
          paths: ["/own/{tenant}"]
          when: "token.claims.tenant == path.tenant"
        - {name: health, paths: [/healthz], public: true}
        - {name: closed, paths: [/closed], deny: true}
      ---
      version: gat/v1
      issuance: shop
      rules:
        - {name: gives, principals: ["k8s:a/b"], audiences: [orders], scopes: [read], max-ttl: 90s}
        - {name: health, principals: ["k8s:a/c"], audiences: [orders], scopes: [read], narrow: true}
      """;

  private static final String TESTS =
      """
      version: gat/v1
      tests: orders
      tokens:
        reader: {audience: orders, scopes: [read], claims: {tenant: acme}}
        writer: {audience: orders, scopes: [write]}
      requests:
        list: {host: o.example, path: /orders}
        own: {host: o.example, path: /own/umbrella}
        closed: {host: o.example, path: /closed}
      exhaustive: true
      table:
        list: {reader: ok, writer: ok, none: no_token}
        own: {none: no_token, writer: condition_false}
      cases:
        - name: what is expected & what <comes>
          request: list
          token: reader
          expect: {decision: deny, reason: no_rule, status: 403, rule: own, headers: {x-gat-subject: ~, x-other: y}, removed: [x-a], metadata: {epoch: 3, service: carts}}
      issuance:
        - {name: granted, principal: "k8s:a/b", audience: orders, scopes: [read], expect: {granted: [read], rule: gives, ttl: 60s, narrowed: false}}
        - {name: not refused, principal: "k8s:a/b", audience: orders, scopes: [read], expect: refused}
        - {name: another refusal, principal: "k8s:a/x", audience: orders, scopes: [read], expect: wrong_audience}
        - {name: not granted, principal: "k8s:a/x", audience: orders, scopes: [read], expect: granted}
        - {name: less, principal: "k8s:a/b", audience: orders, scopes: [read], expect: {granted: [read, write], rule: other, ttl: 1500ms, narrowed: true}}
      """;

  private static TestReport report(String tests) {
    PolicyTests.Result result =
        new PolicyTests(new FakeJudge())
            .run(List.of(new Source("p.yaml", POLICY)), List.of(new Source("p_test.yaml", tests)));
    return assertInstanceOf(PolicyTests.Result.Ran.class, result).report();
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = PolicyTestsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void tellsAPersonWhatFailedAndWhatIsNotCovered() throws IOException {
    assertEquals(golden("report.txt"), TextReport.of(report(TESTS)));
  }

  @Test
  void tellsACiSystem() throws IOException {
    assertEquals(golden("report.xml"), JunitReport.of(report(TESTS)));
  }

  @Test
  void xmlStaysWellFormedWhateverNamesHold() throws Exception {
    String odd = "<&\"']]>\u0000\u001b[31m\ud800 × \ufffe\u202e\r\n";
    Position at = new Position("f\"<&.yaml", 3, 1);
    CaseResult one =
        new CaseResult(
            odd, at, CaseResult.Origin.WRITTEN, odd, List.of(new Mismatch(odd, odd, odd)));
    TestReport report =
        new TestReport(List.of(new SuiteResult(odd, at, List.of(one))), new Coverage(List.of()));
    byte[] xml = JunitReport.of(report).getBytes(StandardCharsets.UTF_8);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Element root =
        factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml)).getDocumentElement();
    Element found = assertInstanceOf(Element.class, root.getElementsByTagName("testcase").item(0));
    assertTrue(found.getAttribute("name").startsWith("<&\"']]>"), found.getAttribute("name"));
    assertEquals("f\"<&.yaml", found.getAttribute("file"));
    assertEquals(1, report.failures().getFirst().lines().count());
  }

  @Test
  void coversWhatTestsReach() {
    Coverage nothing =
        report(CASES + "  - {name: n, request: {path: /}, token: none, expect: deny}\n").coverage();
    assertEquals(0, nothing.seen());
    assertEquals(8, nothing.points().size());
    assertEquals(0, nothing.percent());
    assertEquals(
        List.of(
            "p.yaml:9:11: orders/own: no test sees its condition false",
            "p.yaml:11:5: orders/closed: no test reaches it",
            "p.yaml:16:5: shop/gives: no test reaches it",
            "p.yaml:17:5: shop/health: no test reaches it"),
        report(
                CASES
                    + """
                      - {name: a, request: {host: o.example, path: /orders}, token: none, expect: deny}
                      - {name: b, request: {host: o.example, path: /own/x}, token: {audience: orders, scopes: [s], claims: {tenant: x}}, expect: allow}
                      - {name: c, request: {host: o.example, path: /healthz}, token: none, expect: allow}
                    """)
            .coverage()
            .missing()
            .stream()
            .map(Coverage.Point::described)
            .toList());
    assertEquals(100, new Coverage(List.of()).percent());
  }

  private static final String CASES = "version: gat/v1\ntests: t\ncases:\n";

  @Test
  void percentIsRoundedDown() {
    Coverage.Point seen =
        new Coverage.Point(new Position("f", 1, 1), "d", "r", Coverage.Aspect.RULE, true);
    Coverage.Point missing =
        new Coverage.Point(new Position("f", 1, 1), "d", "r", Coverage.Aspect.RULE, false);
    assertEquals(66, new Coverage(List.of(seen, seen, missing)).percent());
  }

  @Test
  void aPolicyOrATestFileThatIsWrongHasNoReport() {
    PolicyTests tests = new PolicyTests(new FakeJudge());
    assertInstanceOf(
        PolicyTests.Result.Unreadable.class,
        tests.run(List.of(new Source("p", "a: b")), List.of(new Source("t", TESTS))));
    assertInstanceOf(
        PolicyTests.Result.Unreadable.class,
        tests.run(List.of(new Source("p", POLICY)), List.of(new Source("t", "a: b"))));
  }

  @TempDir private Path folder = Path.of("");

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, name);
    }
  }

  private String found(String... paths) {
    List<Path> places = Stream.of(paths).map(folder::resolve).toList();
    String told =
        switch (TestPlaces.find(places)) {
          case TestPlaces.Result.Found found ->
              String.join(
                  " | ",
                  found.sets().stream()
                      .map(s -> files(s.policies()) + " < " + files(s.tests()))
                      .toList());
          case TestPlaces.Result.Nothing nothing ->
              String.join(" | ", nothing.problems().stream().map(Problem::toString).toList());
        };
    return told.replace(folder + "/", "").replace(folder.toString(), "");
  }

  private static String files(List<Source> sources) {
    return String.join(" ", sources.stream().map(Source::file).toList());
  }

  @Test
  void testsBelongToTheirFoldersPolicy() throws IOException {
    write("a.yaml", "a_test.yaml", "b.yml", "b_test.yml", "sub/c.yaml", "sub/c_test.yaml");
    write("plain/d.yaml", ".git/e.yaml", ".git/e_test.yaml");
    String top = "a.yaml b.yml < a_test.yaml b_test.yml";
    assertEquals(top + " | sub/c.yaml < sub/c_test.yaml", found(""));
    assertEquals("sub/c.yaml < sub/c_test.yaml", found("sub"));
    assertEquals("a.yaml b.yml < a_test.yaml", found("a_test.yaml"));
    assertEquals(top, found("b_test.yml", "a_test.yaml", "a_test.yaml"));
    assertEquals("b.yml < b_test.yml", found("b.yml"));
  }

  @Test
  void whereThereIsNoTestItSaysSo() throws IOException {
    write("plain/d.yaml", "lone/x_test.yaml");
    assertEquals(
        "plain:1:1: there is no *_test.yaml in it or below; write one beside the policy;"
            + " policy/README.md says how",
        found("plain"));
    assertEquals(
        "plain/d.yaml:1:1: there is no d_test.yaml beside it; write one, or name the folder",
        found("plain/d.yaml"));
    assertEquals(
        "lone:1:1: the folder has no policy file; put a *.yaml file into the folder",
        found("lone"));
    assertEquals(
        "absent:1:1: there is no such file or folder; name an existing one", found("absent"));
  }

  private static final String IN_SHADOW =
      """
      version: gat/v1
      service: orders
      hosts: [o.example]
      audience: orders
      rules:
        - {name: read, paths: [/orders], scopes: [read]}
        - {name: own, enforce: shadow, paths: [/orders], scopes: [read], when: "token.claims.own == true"}
      ---
      version: gat/v1
      service: orders
      enforce: shadow
      hosts: [x.example]
      audience: orders
      rules:
        - {name: read, paths: [/orders], public: true}
      ---
      version: gat/v1
      issuance: shop
      rules:
        - {name: gives, principals: ["k8s:a/b"], audiences: [orders], scopes: [read]}
        - {name: more, enforce: shadow, principals: ["k8s:a/b"], audiences: [orders], scopes: [read, write]}
      """;

  private static final String SHADOW_TESTS =
      """
      version: gat/v1
      tests: shadow
      tokens:
        mine: {audience: orders, scopes: [read], claims: {own: true}}
        other: {audience: orders, scopes: [read]}
      requests:
        list: {host: o.example, path: /orders}
        moved: {host: x.example, path: /orders}
      table:
        list:
          mine: {decision: allow, rule: read, shadow: no_service}
          other: {reason: ok, shadow: {decision: deny, reason: no_service}}
          none: {reason: no_token, shadow: deny}
        moved: {none: {reason: no_service, shadow: {decision: allow, service: orders, rule: read}}}
      issuance:
        - {name: less, principal: "k8s:a/b", audience: orders, scopes: [write], expect: {refused: scope_not_granted, shadow: {granted: [write], rule: more}}}
        - {name: same, principal: "k8s:a/b", audience: orders, scopes: [read], expect: {rule: gives, shadow: {rule: gives}}}
        - {name: only what is in shadow, principal: "k8s:a/b", audience: orders, scopes: [write], expect: {shadow: granted}}
      """;

  private static TestReport inShadow(String policy, String tests) {
    PolicyTests.Result result =
        new PolicyTests(new FakeJudge())
            .run(List.of(new Source("p.yaml", policy)), List.of(new Source("p_test.yaml", tests)));
    return assertInstanceOf(PolicyTests.Result.Ran.class, result, result.toString()).report();
  }

  @Test
  void aCaseMaySayWhatTheCandidateAnswers() {
    TestReport report = inShadow(IN_SHADOW, SHADOW_TESTS);
    assertEquals(List.of(), report.failures());
    assertEquals(
        "allow, reason ok, service orders, rule read; in shadow: deny, reason no_service",
        report.suites().getFirst().cases().getFirst().got());
    TestReport wrong =
        inShadow(
            IN_SHADOW,
            SHADOW_TESTS
                .replace("rule: read, shadow: no_service", "rule: read, shadow: ok")
                .replace("shadow: granted", "shadow: refused"));
    assertEquals(
        List.of(
            "p_test.yaml:11:11: the test `list × mine` fails: expected shadow reason ok, got"
                + " no_service (allow, reason ok, service orders, rule read; in shadow: deny,"
                + " reason no_service)",
            "p_test.yaml:18:5: the test `only what is in shadow` fails: expected shadow verdict"
                + " refused, got granted [write] for 1m by rule more (refused, scope_not_granted;"
                + " in shadow: granted [write] for 1m by rule more)"),
        wrong.failures());
  }

  @Test
  void withoutShadowTheCandidateIsThePolicy() {
    String policy = IN_SHADOW.split("---", -1)[0].replaceAll("(?m)^.*enforce: shadow.*\n", "");
    TestReport report =
        inShadow(
            policy,
            """
            version: gat/v1
            tests: none
            cases:
              - {name: a, request: {host: o.example, path: /orders}, token: none, expect: {shadow: no_token}}
            """);
    assertEquals(List.of(), report.failures());
  }

  @Test
  void coverageCountsWhatIsInShadow() {
    assertEquals(
        List.of(
            "p.yaml:7:5: orders/own: no test reaches it",
            "p.yaml:7:74: orders/own: no test sees its condition true",
            "p.yaml:7:74: orders/own: no test sees its condition false"),
        inShadow(IN_SHADOW, SHADOW_TESTS).coverage().missing().stream()
            .map(Coverage.Point::described)
            .toList());
    String oneService = IN_SHADOW.replaceAll("(?s)---\nversion: gat/v1\nservice.*?---", "---");
    TestReport report =
        inShadow(
            oneService,
            SHADOW_TESTS
                .replaceAll("(?m)^ {2}moved: .*\n", "")
                .replace("shadow: no_service", "shadow: ok")
                .replace("reason: no_service}", "reason: condition_false}"));
    assertEquals(List.of(), report.failures());
    assertEquals(100, report.coverage().percent(), report.coverage().missing().toString());
  }
}
