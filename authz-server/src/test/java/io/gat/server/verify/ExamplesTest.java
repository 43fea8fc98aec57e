package io.gat.server.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.CryptoProvider;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.policy.verify.Coverage;
import io.gat.policy.verify.PolicyTests;
import io.gat.policy.verify.TestPlaces;
import io.gat.policy.verify.TestReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The folders of {@code policy/examples}: what they say is so, and their tests would notice else.
 */
final class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "policy", "examples");
  private static final PolicyTests TESTS =
      new PolicyTests(new RememberingJudge(new EnvoyCallJudge(CryptoProvider.best())));

  static List<Path> examples() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      List<Path> found = folders.filter(Files::isDirectory).sorted().toList();
      assertTrue(found.size() >= 7, found.toString());
      return found;
    }
  }

  private static TestPlaces.TestSet set(Path folder) {
    List<TestPlaces.TestSet> sets =
        assertInstanceOf(TestPlaces.Result.Found.class, TestPlaces.find(List.of(folder))).sets();
    assertEquals(1, sets.size());
    return sets.getFirst();
  }

  private static PolicyCompiler.Compiled compiled(List<Source> policies) {
    return assertInstanceOf(
        PolicyCompiler.Compiled.class, PolicyCompiler.compile(policies), policies::toString);
  }

  private static TestReport report(
      PolicyCompiler.Compiled compiled, List<Source> policies, List<Source> tests) {
    return assertInstanceOf(PolicyTests.Result.Ran.class, TESTS.run(compiled, policies, tests))
        .report();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void compilesWithoutWarning(Path folder) {
    assertEquals(List.of(), compiled(set(folder).policies()).warnings());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void passesAndCoversEveryRuleAndCondition(Path folder) {
    TestPlaces.TestSet set = set(folder);
    TestReport report = report(compiled(set.policies()), set.policies(), set.tests());
    assertEquals(List.of(), report.failures());
    assertEquals(
        List.of(), report.coverage().missing().stream().map(Coverage.Point::described).toList());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void hasAPageThatNamesItsFiles(Path folder) throws IOException {
    String page = Files.readString(folder.resolve("README.md"));
    for (Source source : set(folder).policies()) {
      String file = String.valueOf(Path.of(source.file()).getFileName());
      assertTrue(page.contains("(" + file + ")"), () -> page + " has no link to " + file);
    }
    assertTrue(page.contains("./gat policy test policy/examples/" + folder.getFileName()), page);
  }

  /** What writes a policy again for a mutation changes nothing else of it. */
  @ParameterizedTest
  @MethodSource("examples")
  void meansTheSameWrittenAgain(Path folder) {
    List<Source> policies = set(folder).policies();
    assertEquals(
        compiled(policies).policy().hash(),
        compiled(new PolicyMutator(policies).unchanged()).policy().hash());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void noticesEveryChangeOfARule(Path folder) {
    TestPlaces.TestSet set = set(folder);
    String hash = compiled(set.policies()).policy().hash();
    List<PolicyMutator.Mutant> mutants = new PolicyMutator(set.policies()).mutants();
    AtomicInteger meant = new AtomicInteger();
    List<String> survivors =
        mutants.parallelStream()
            .filter(
                mutant -> {
                  Optional<PolicyCompiler.Compiled> other = other(mutant, hash);
                  other.ifPresent(o -> meant.incrementAndGet());
                  return other.isPresent() && !isNoticed(mutant, other.get(), set.tests());
                })
            .map(PolicyMutator.Mutant::what)
            .toList();
    assertEquals("", String.join("\n", survivors), "no test fails for these changes");
    assertTrue(meant.get() >= 40, () -> "only " + meant + " of " + mutants.size());
  }

  /**
   * The changed set; empty where it does not compile, so that nobody will run it, or is the same.
   */
  private static Optional<PolicyCompiler.Compiled> other(PolicyMutator.Mutant mutant, String hash) {
    return switch (PolicyCompiler.compile(mutant.policies())) {
      case PolicyCompiler.Refused refused -> Optional.empty();
      case PolicyCompiler.Compiled compiled ->
          compiled.policy().hash().equals(hash) ? Optional.empty() : Optional.of(compiled);
    };
  }

  /** Whether a test fails. The tests beside the changed file are asked first: mostly they know. */
  private static boolean isNoticed(
      PolicyMutator.Mutant mutant, PolicyCompiler.Compiled changed, List<Source> tests) {
    String beside = mutant.file().replace(".yaml", "_test.yaml");
    List<Source> inOrder = new ArrayList<>(tests);
    inOrder.sort(Comparator.comparing(test -> !test.file().equals(beside)));
    for (Source test : inOrder) {
      if (report(changed, mutant.policies(), List.of(test)).failed() > 0) {
        return true;
      }
    }
    return false;
  }
}
