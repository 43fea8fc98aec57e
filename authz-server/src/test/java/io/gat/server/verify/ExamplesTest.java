package io.gat.server.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.CryptoProvider;
import io.gat.policy.parse.Source;
import io.gat.policy.verify.Coverage;
import io.gat.policy.verify.PolicyTests;
import io.gat.policy.verify.TestPlaces;
import io.gat.policy.verify.TestReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests that lie beside {@code policy/examples} pass, and would notice any other rule. */
final class ExamplesTest {
  private static final PolicyTests TESTS =
      new PolicyTests(new EnvoyCallJudge(CryptoProvider.best()));

  static List<TestPlaces.TestSet> sets() {
    return assertInstanceOf(
            TestPlaces.Result.Found.class,
            TestPlaces.find(List.of(Path.of("..", "policy", "examples"))))
        .sets();
  }

  @ParameterizedTest
  @MethodSource("sets")
  void passAndCoverEveryRuleAndCondition(TestPlaces.TestSet set) {
    TestReport report =
        assertInstanceOf(PolicyTests.Result.Ran.class, TESTS.run(set.policies(), set.tests()))
            .report();
    assertEquals(List.of(), report.failures());
    assertEquals(
        List.of(), report.coverage().missing().stream().map(Coverage.Point::described).toList());
    assertTrue(report.cases() > 5);
  }

  /** One example file with one change of what it means. */
  record Mutation(TestPlaces.TestSet set, String file, String before, String after, String text) {
    @Override
    public String toString() {
      return file + ": " + before + " → " + after;
    }

    List<Source> policies() {
      return set.policies().stream()
          .map(s -> s.file().equals(file) ? new Source(file, text) : s)
          .toList();
    }
  }

  /** What is changed wherever it stands in an example, and into what. */
  private enum Change {
    LIST_ITEM("(?:methods|paths|scopes|any-scope|audiences): \\[([^\\]]+)\\]"),
    LONGER("(?:max-age|max-ttl): ([0-9]+)s"),
    SHORTER("(?:max-age|max-ttl): ([0-9]+)s"),
    FLAG("(?:public|deny|narrow): (true)"),
    CONDITION_TRUE("when: (\"[^\"]+\")"),
    CONDITION_FALSE("when: (\"[^\"]+\")"),
    PRINCIPAL("- (\"(?:spiffe|k8s|oidc):[^\"]+\")"),
    AUDIENCE("\naudience: (.*)"),
    ANY_METHOD("(methods: \\[[^\\]]+\\])"),
    WORKLOADS("\n(workloads: .*)"),
    HOST("\nhosts: \\[([^\\]]+)\\]");

    private final Pattern pattern;

    Change(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }

    /** What the found text becomes, each time in one way. */
    List<String> of(String found) {
      return switch (this) {
        case LIST_ITEM, HOST -> eachChanged(found);
        case LONGER -> List.of(Integer.toString(Integer.parseInt(found) + 1));
        case SHORTER -> List.of(Integer.toString(Integer.parseInt(found) - 1));
        case FLAG -> List.of("false");
        case CONDITION_TRUE -> List.of("\"true\"");
        case CONDITION_FALSE -> List.of("\"false\"");
        case PRINCIPAL -> List.of("\"k8s:mutated/one\"");
        case AUDIENCE -> List.of("mutated");
        case ANY_METHOD -> List.of("methods: [GET, HEAD, POST, PUT, PATCH, DELETE]");
        case WORKLOADS -> List.of("workloads: [\"spiffe://mutated/one\"]");
      };
    }

    private static List<String> eachChanged(String items) {
      String[] parts = items.split(", ", -1);
      List<String> changed = new ArrayList<>();
      for (int i = 0; i < parts.length; i++) {
        String[] other = parts.clone();
        other[i] =
            parts[i].startsWith("\"/") ? "\"/mutated" + parts[i].substring(1) : "MUTATED" + i;
        changed.add(String.join(", ", other));
      }
      return changed;
    }
  }

  static Stream<Mutation> mutations() {
    List<Mutation> mutations = new ArrayList<>();
    for (TestPlaces.TestSet set : sets()) {
      for (Source source : set.policies()) {
        for (Change change : Change.values()) {
          Matcher found = change.pattern.matcher(source.text());
          while (found.find()) {
            for (String other : change.of(found.group(1))) {
              String text =
                  source.text().substring(0, found.start(1))
                      + other
                      + source.text().substring(found.end(1));
              mutations.add(new Mutation(set, source.file(), found.group(), other, text));
            }
          }
        }
      }
    }
    assertTrue(mutations.size() > 30, "only " + mutations.size());
    return mutations.stream();
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void noticeEveryChangeOfARule(Mutation mutation) {
    switch (TESTS.run(mutation.policies(), mutation.set().tests())) {
      case PolicyTests.Result.Ran ran ->
          assertTrue(ran.report().failed() > 0, "no test fails for " + mutation);
      // It does not even compile: nobody will run it.
      case PolicyTests.Result.Unreadable bad -> assertTrue(!bad.problems().isEmpty());
    }
  }
}
