package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.Tokens;
import io.gat.policy.Verdict;
import io.gat.policy.compile.ConditionParts.Join;
import io.gat.policy.compile.ConditionParts.Part;
import io.gat.policy.evaluate.CelReading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionPartsTest {
  private static final Map<String, Object> CLAIMS =
      Map.of("tenant", "acme", "level", 3L, "staff", true, "groups", List.of("one", "two"));

  private final ConditionParts parts = new ConditionParts();

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      quoteCharacter = '`',
      value = {
        "token.claims.tenant == 'acme' ==> HOLDS{token.claims.tenant=acme}",
        "token.claims.tenant == path.id.split('-')[0] ==>"
            + " DOES_NOT_HOLD{token.claims.tenant=acme, path.id=other-7}",
        "token.claims.tenant == 'x' && token.claims.level > 2 && token.subject == 'alice' ==>"
            + " DOES_NOT_HOLD ALL[DOES_NOT_HOLD{token.claims.tenant=acme};"
            + " HOLDS{token.claims.level=3}; HOLDS{token.subject=alice}]",
        "token.claims.gone == 1 || token.claims.level == 3 ==>"
            + " HOLDS ANY[FAILS{token.claims.gone=!}; HOLDS{token.claims.level=3}]",
        "token.claims.gone == 1 ==> FAILS{token.claims.gone=!}",
        "has(token.claims.gone) ==> DOES_NOT_HOLD{token.claims.gone=!}",
        "request.headers['x-a'] == 'b' ==> DOES_NOT_HOLD{request.headers[\"x-a\"]=1}",
        "token.claims.groups.exists(g, g == path.id) ==>"
            + " DOES_NOT_HOLD{token.claims.groups=[one, two]}",
        "!(token.claims.staff && token.claims.level == 3) ==>"
            + " DOES_NOT_HOLD{token.claims.staff=true, token.claims.level=3}",
        "(token.claims.staff || 'x' in token.scopes) && path.id != '' ==>"
            + " HOLDS ALL[HOLDS ANY[HOLDS{token.claims.staff=true};"
            + " DOES_NOT_HOLD{token.scopes=[a, b]}]; HOLDS{path.id=other-7}]",
      })
  void tellsWhichPartHoldsAndWhatItReads(String cel, String expected) {
    Rule rule = rule("when: '" + cel.replace("'", "''") + "'", "");
    assertEquals(expected, line(parts.read(when(rule), input())));
  }

  @Test
  void namesTheNamedConditions() {
    Rule rule =
        rule(
            "when: {any: [staff, tenant]}",
            "conditions: {staff: '!token.claims.staff', tenant: 'token.claims.tenant == path.id'}");
    Part read = parts.read(when(rule), input());
    assertEquals(Join.ANY, read.join());
    assertEquals(List.of("staff", "tenant"), read.parts().stream().map(Part::name).toList());
    assertEquals("token.claims.tenant == path.id", read.parts().getLast().text());
  }

  @Test
  void hidesCredentialsAsConditionsDo() {
    Part read =
        parts.read(when(rule("when: \"request.headers['authorization'] == 'x'\"", "")), input());
    assertTrue(
        read.seen().get("request.headers[\"authorization\"]") instanceof CelReading.Failure,
        read::toString);
  }

  /** What the parts say together is what the condition says. */
  @Test
  void agreesWithTheConditionOnRandomExpressions() {
    Random random = new Random(11);
    int holds = 0;
    for (int i = 0; i < 100; i++) {
      Rule rule = rule("when: '" + expression(random, 3).replace("'", "''") + "'", "");
      Condition condition = when(rule);
      Part read = parts.read(condition, input());
      boolean expected = condition.holds(input());
      assertEquals(expected, read.outcome() == ConditionParts.Outcome.HOLDS, condition::source);
      assertEquals(expected, together(read), condition::source);
      holds += expected ? 1 : 0;
    }
    assertTrue(holds > 15 && holds < 85, "both answers are needed: " + holds);
  }

  private static boolean together(Part part) {
    return switch (part.join()) {
      case NONE -> part.outcome() == ConditionParts.Outcome.HOLDS;
      case ALL -> part.parts().stream().allMatch(ConditionPartsTest::together);
      case ANY -> part.parts().stream().anyMatch(ConditionPartsTest::together);
    };
  }

  private static String expression(Random random, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      List<String> atoms =
          List.of(
              "token.claims.staff",
              "token.claims.level > 2",
              "token.claims.gone == 1",
              "path.id == 'x'",
              "token.claims.groups.all(g, g.size() == 3)",
              "has(token.claims.gone)");
      return atoms.get(random.nextInt(atoms.size()));
    }
    List<String> operands = new ArrayList<>();
    for (int n = 2 + random.nextInt(2); n > 0; n--) {
      operands.add("(" + expression(random, depth - 1) + ")");
    }
    return String.join(random.nextBoolean() ? " && " : " || ", operands);
  }

  private static String line(Part part) {
    StringBuilder out = new StringBuilder(part.outcome().name());
    if (!part.seen().isEmpty()) {
      List<String> seen = new ArrayList<>();
      part.seen()
          .forEach(
              (text, reading) ->
                  seen.add(
                      text
                          + "="
                          + (reading instanceof CelReading.Value value ? value.value() : "!")));
      out.append('{').append(String.join(", ", seen)).append('}');
    }
    if (part.join() != Join.NONE) {
      out.append(' ').append(part.join());
      out.append('[')
          .append(
              part.parts().stream().map(ConditionPartsTest::line).collect(Collectors.joining("; ")))
          .append(']');
    }
    return out.toString();
  }

  private static Condition when(Rule rule) {
    return ((Rule.Effect.Guarded) rule.effect()).when().orElseThrow();
  }

  private static Rule rule(String when, String conditions) {
    String text =
        """
        version: gat/v1
        service: s
        hosts: [s.example]
        audience: s
        %s
        rules:
        - name: r
          paths: ["/{id}"]
          %s
        """
            .formatted(conditions, when);
    Verdict verdict =
        Policies.compiled(text)
            .policy()
            .judge(
                AccessRequest.builder().method("GET").host("s.example").target("/x").build(),
                "",
                Instant.EPOCH);
    return ((Verdict.Guarded) verdict).rule();
  }

  private static Condition.Input input() {
    return new Condition.Input(
        Tokens.with(CLAIMS),
        AccessRequest.builder()
            .method("GET")
            .host("s.example")
            .target("/other-7")
            .headers(Map.of("x-a", List.of("1"), "authorization", List.of("Bearer secret")))
            .build(),
        "/other-7",
        Map.of("id", "other-7"),
        Instant.parse("2026-01-01T00:00:30Z"));
  }
}
