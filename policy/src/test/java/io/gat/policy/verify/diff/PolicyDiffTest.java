package io.gat.policy.verify.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.parse.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyDiffTest {
  /** A pair of policies, and the rows between them, a line each. */
  record Case(String title, String before, String after, String rows) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> table() throws IOException {
    try (InputStream in = PolicyDiffTest.class.getResourceAsStream("changes.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      List<Case> cases =
          Stream.of(text.split("(?m)^## ")).skip(1).map(PolicyDiffTest::read).toList();
      assertTrue(cases.size() >= 50, "cases: " + cases.size());
      return cases.stream();
    }
  }

  private static Case read(String text) {
    String[] parts = text.split("(?m)^(?:\\+\\+\\+|===)\n", -1);
    String[] first = parts[0].split("\n", 2);
    return new Case(first[0], first[1], parts[1], parts[2].strip());
  }

  @ParameterizedTest
  @MethodSource("table")
  void tellsWhatChangesInMeaning(Case pair) {
    assertEquals(pair.rows(), rows(pair.before(), pair.after()));
  }

  /** What is opened one way is closed the other way; what is not comparable stays so. */
  @ParameterizedTest
  @MethodSource("table")
  void backwardsItIsTheOpposite(Case pair) {
    List<Relation> forwards = relations(pair.before(), pair.after());
    List<Relation> backwards = relations(pair.after(), pair.before());
    assertEquals(
        forwards.stream().map(Relation::inverse).sorted().toList(),
        backwards.stream().sorted().toList());
  }

  @ParameterizedTest
  @MethodSource("table")
  void nothingChangesFromAPolicyToItself(Case pair) {
    assertEquals("", rows(pair.before(), pair.before()));
    assertEquals("", rows(pair.after(), pair.after()));
  }

  @Test
  void namesFileAndLineOfBothRules() {
    PolicyDiff diff =
        PolicyDiff.between(
            Sets.of("old.yaml", "- {name: a, paths: [/x], scopes: [s]}\n"),
            Sets.of("new.yaml", "- {name: z, paths: [/z]}\n- {name: b, paths: [/x]}\n"));
    Change.OfCalls change =
        diff.changes().stream()
            .map(Change.OfCalls.class::cast)
            .filter(c -> c.kind() == Change.Kind.WEAKENED)
            .findFirst()
            .orElseThrow();
    assertEquals(
        Optional.of(new Change.RuleAt("a", Optional.of(new Position("old.yaml", 6, 3)))),
        change.before().rule());
    assertEquals(
        Optional.of(new Change.RuleAt("b", Optional.of(new Position("new.yaml", 7, 3)))),
        change.after().rule());
  }

  @Test
  void givesUpLoudlyWhereTooManyTemplatesOverlap() {
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < 18; i++) {
      StringBuilder path = new StringBuilder();
      for (int n = 0; n < 18; n++) {
        path.append(n == i ? "/a" : "/{v" + n + "}");
      }
      rules.append("- {name: r").append(i).append(", paths: [\"").append(path).append("\"]}\n");
    }
    PolicyDiff diff =
        PolicyDiff.between(
            Sets.of("old.yaml", rules.toString()),
            Sets.of("new.yaml", rules.toString().replace("]}", "], scopes: [s]}")));
    assertTrue(diff.opens());
    assertEquals(
        "rules",
        diff.changes().stream()
            .filter(c -> c instanceof Change.OfService)
            .findFirst()
            .orElseThrow()
            .differences()
            .getFirst()
            .what());
  }

  private static List<Relation> relations(String before, String after) {
    return PolicyDiff.between(Sets.of("old.yaml", before), Sets.of("new.yaml", after))
        .changes()
        .stream()
        .flatMap(c -> c.differences().stream())
        .map(Difference::relation)
        .toList();
  }

  private static String rows(String before, String after) {
    return PolicyDiff.between(Sets.of("old.yaml", before), Sets.of("new.yaml", after))
        .changes()
        .stream()
        .map(PolicyDiffTest::row)
        .collect(Collectors.joining("\n"));
  }

  private static String row(Change change) {
    String what =
        switch (change) {
          case Change.OfCalls calls ->
              calls.methods()
                  + " "
                  + calls.template()
                  + " "
                  + side(calls.before())
                  + " -> "
                  + side(calls.after());
          case Change.OfService service -> "service " + service.service();
          case Change.OfTokens tokens -> tokens.principal() + " for " + tokens.audience();
        };
    return change.kind().name().toLowerCase(Locale.ROOT)
        + " "
        + what
        + change.differences().stream()
            .map(
                d ->
                    "; "
                        + d.what()
                        + " "
                        + d.relation().name().toLowerCase(Locale.ROOT)
                        + " "
                        + d.before()
                        + " -> "
                        + d.after())
            .collect(Collectors.joining());
  }

  private static String side(Change.Side side) {
    return side.answer().name().toLowerCase(Locale.ROOT)
        + side.rule().map(r -> "(" + r.name() + ")").orElse("");
  }
}
