package io.gat.policy.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.policy.parse.Source;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestFileReaderTest {
  private static final TestFileReader READER = new TestFileReader(FakeJudge.REASONS);

  private static List<TestCase> cases(String text) {
    return suites("version: gat/v1\ntests: t\n" + text).getFirst().cases();
  }

  private static List<TestSuite> suites(String text) {
    return switch (READER.read(new Source("t", text))) {
      case TestFileReader.Result.Suites good -> good.suites();
      case TestFileReader.Result.Unreadable bad ->
          throw new AssertionError(bad.problems().toString());
    };
  }

  private static TestCall call(String text) {
    return assertInstanceOf(TestCase.Call.class, cases(text).getFirst()).call();
  }

  @Test
  void aTokenNeedsOnlyAnAudienceAndScopes() {
    TestCall call =
        call(
            """
            tokens: {reader: {audience: orders, scopes: [a, b]}}
            cases:
              - {name: n, request: {path: /}, token: reader, expect: ok}
            """);
    assertEquals(Instant.parse("2026-01-01T12:00:00Z"), call.now());
    assertEquals(
        Optional.of(
            new TestToken(
                "https://gat.example",
                "reader",
                "reader",
                List.of("orders"),
                List.of("a", "b"),
                Duration.ZERO,
                Duration.ofSeconds(60),
                "reader",
                "reader",
                "",
                TestToken.Place.AS_READ,
                Map.of(),
                Set.of(),
                null)),
        call.token());
    assertEquals(new TestRequest("GET", "", "/", Map.of(), "", Map.of()), call.request());
    assertEquals(TestCaller.UNKNOWN, call.caller());
  }

  @Test
  void readsEveryKey() {
    TestCall call =
        call(
            """
            now: 2027-01-01T00:00:00+01:00
            pin: orders
            tokens:
              t: {issuer: "https://i", subject: s, client: c, audience: [a, b], scopes: x, age: 500ms, ttl: 1h,
                  id: i, txn: x, type: jwt, place: dpop, claims: {n: 1, f: 1.5, b: true, l: [x, {y: z}]}, without: [jti, sub], flaw: malformed}
            callers: {c: {principal: "spiffe://p", address: 10.0.0.1, certificate: pem}}
            requests:
              r: {method: PUT, host: h, path: /p?q, headers: {X-A: 1, x-a: [b, c]}, destination: d, extensions: {e: f}}
            cases:
              - {name: n, request: r, token: t, caller: c, expect: ok}
            """);
    assertEquals(Instant.parse("2026-12-31T23:00:00Z"), call.now());
    assertEquals("orders", call.pin());
    assertEquals(
        Optional.of(
            new TestToken(
                "https://i",
                "s",
                "c",
                List.of("a", "b"),
                List.of("x"),
                Duration.ofMillis(500),
                Duration.ofHours(1),
                "i",
                "x",
                "jwt",
                TestToken.Place.DPOP,
                Map.of("n", 1L, "f", 1.5, "b", true, "l", List.of("x", Map.of("y", "z"))),
                Set.of("jti", "sub"),
                TokenFlaw.MALFORMED_TOKEN)),
        call.token());
    assertEquals(
        new TestRequest(
            "PUT", "h", "/p?q", Map.of("x-a", List.of("1", "b", "c")), "d", Map.of("e", "f")),
        call.request());
    assertEquals(new TestCaller("spiffe://p", "10.0.0.1", "pem"), call.caller());
  }

  @Test
  void likeTakesOverWhatIsNotSaidAndJoinsMappings() {
    TestToken token =
        call("""
                tokens:
                  a: {audience: o, scopes: [s], age: 10s, claims: {x: 1, y: {z: 2, w: 3}}, flaw: expired}
                  b: {like: a, scopes: [t], claims: {y: {z: 4}}}
                cases:
                  - {name: b, request: {path: /}, token: {like: b, flaw: none, claims: {v: 5}}, expect: ok}
                """)
            .token()
            .orElseThrow();
    assertEquals(List.of("t"), token.scopes());
    assertEquals(Duration.ofSeconds(10), token.age());
    assertEquals(Map.of("x", 1L, "y", Map.of("z", 4L, "w", 3L), "v", 5L), token.claims());
    assertEquals(Optional.empty(), token.flaw());
  }

  private static final String WORLD =
      """
      tokens: {a: {audience: o, scopes: [s]}, b: {like: a}}
      requests: {r: {path: /r}, s: {path: /s}, u: {path: /u}}
      """;

  private static List<String> names(String table) {
    return cases(WORLD + table).stream()
        .map(c -> assertInstanceOf(TestCase.Call.class, c))
        .map(
            c ->
                c.name()
                    + ": "
                    + (c.expect().decision() == null
                        ? c.expect().reason()
                        : c.expect().decision().word()))
        .toList();
  }

  @Test
  void aTableIsOneCaseForEachCell() {
    assertEquals(
        List.of(
            "s × b: ok",
            "s × none: no_token",
            "r × a: no_rule",
            "r × b: no_rule",
            "r × none: no_rule"),
        names("table: {s: {b: ok, none: no_token}, r: no_rule}\n"));
    assertEquals(
        List.of("r × b: ok", "r × a: no_rule", "r × none: no_rule"),
        names("table: {r: {\"*\": no_rule, b: ok}}\n"));
  }

  @Test
  void anExhaustiveTableDeniesWhatItDoesNotList() {
    assertEquals(
        List.of(
            "r × a: ok",
            "r × b (not listed): deny",
            "r × none (not listed): deny",
            "s × a: ok",
            "s × b: ok",
            "s × none: ok",
            "u × a (not listed): deny",
            "u × b (not listed): deny",
            "u × none (not listed): deny"),
        names("exhaustive: true\ntable: {r: {a: ok}, s: ok}\n"));
  }

  @Test
  void tablesHaveACallerAndATimeOfTheirOwn() {
    List<TestCase> cases =
        cases(
            WORLD
                + """
                callers: {c: {principal: p}}
                tables:
                  - {name: one, caller: c, now: 2027-01-01T00:00:00Z, rows: {r: {a: ok}}}
                  - {name: two, rows: {r: {a: ok}}}
                """);
    TestCase.Call one = assertInstanceOf(TestCase.Call.class, cases.get(0));
    TestCase.Call two = assertInstanceOf(TestCase.Call.class, cases.get(1));
    assertEquals("one: r × a", one.name());
    assertEquals("p", one.call().caller().principal());
    assertEquals(Instant.parse("2027-01-01T00:00:00Z"), one.call().now());
    assertEquals("two: r × a", two.name());
    assertEquals(TestCaller.UNKNOWN, two.call().caller());
  }

  @Test
  void aFileHasOneSuiteADocument() {
    String text =
        "version: gat/v1\ntests: t\ncases:\n- {name: n, request: {path: /}, token: none, expect: ok}\n";
    assertEquals(2, suites(text + "---\n" + text).size());
  }

  @Test
  void aTableThatMultipliesIsRefusedBeforeItFillsTheMemory() {
    String many =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "k" + i)
            .collect(Collectors.joining(": {path: /}, "));
    String text =
        "version: gat/v1\ntests: t\nexhaustive: true\ntokens: {"
            + many.replace("path: /", "audience: a, scopes: s")
            + ": {audience: a, scopes: s}}\nrequests: {"
            + many
            + ": {path: /}}\ntable: {}\n";
    TestFileReader.Result.Unreadable refused =
        assertInstanceOf(
            TestFileReader.Result.Unreadable.class, READER.read(new Source("t", text)));
    assertEquals(
        "t:1:1: the file has more than 10000 cases; split it",
        refused.problems().getFirst().toString());
  }

  @Test
  void anyMutationOfATestFileIsReadOrRefused() throws Exception {
    // Much of it is free text, where a change says something else but says it well.
    String text =
        """
        version: gat/v1
        tests: orders-as-the-shop-and-its-partners-call-them-every-day-of-the-year
        tokens:
          reader: {audience: orders, scopes: [orders:read], claims: {tenant: acme}}
          other: {like: reader, subject: somebody else}
        requests:
          read: {host: orders.example, path: "/v1/orders/17"}
          write: {like: read, method: POST}
        cases:
          - {name: what everybody does in the morning, request: read, token: reader, expect: ok}
          - name: what nobody should do and somebody tries
            request: write
            token: other
            expect: {reason: insufficient_scope, rule: write-order}
        table:
          read: {reader: ok, other: {reason: ok, rule: read-order}, none: no_token}
        """;
    TestFileReader reader =
        new TestFileReader(
            text.lines()
                .flatMap(l -> List.of(l.split("[^a-z_]+", -1)).stream())
                .collect(Collectors.toSet()));
    assertInstanceOf(TestFileReader.Result.Suites.class, reader.read(new Source("t", text)));
    Random random = new Random(3);
    String[] bits = {"{", "}", "[", "]", ":", "\"", "*", "\n", " ", "- ", "like", "~", ",", "\t"};
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 1_500; i++) {
      StringBuilder mutated = new StringBuilder(text);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(mutated.length());
        switch (random.nextInt(3)) {
          case 0 -> mutated.deleteCharAt(at);
          case 1 -> mutated.insert(at, bits[random.nextInt(bits.length)]);
          default -> mutated.setCharAt(at, (char) ('a' + random.nextInt(26)));
        }
      }
      if (isRead(reader, mutated.toString())) {
        read++;
      } else {
        refused++;
      }
    }
    // Else one half would not have been tried; how many of each there are says nothing.
    assertTrue(read > 15 && refused > 15, read + " " + refused);
  }

  @FuzzTest
  void anyTextIsReadOrRefused(byte[] data) {
    isRead(READER, new String(data, StandardCharsets.UTF_8));
  }

  private static boolean isRead(TestFileReader reader, String text) {
    return switch (reader.read(new Source("f", text))) {
      case TestFileReader.Result.Suites good -> {
        assertTrue(!good.suites().isEmpty());
        yield true;
      }
      case TestFileReader.Result.Unreadable bad -> {
        assertTrue(!bad.problems().isEmpty());
        bad.problems().forEach(p -> assertEquals(1, p.toString().lines().count(), p::toString));
        yield false;
      }
    };
  }
}
