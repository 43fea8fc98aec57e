package io.gat.policy.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What came of the tests of one or more policy sets.
 *
 * @param suites in the order of files and documents
 * @param coverage what of the sets the tests have asked about
 */
public record TestReport(List<SuiteResult> suites, Coverage coverage) {
  public TestReport {
    suites = List.copyOf(suites);
    Objects.requireNonNull(coverage);
  }

  /** Both together. */
  public TestReport with(TestReport other) {
    List<SuiteResult> all = new ArrayList<>(suites);
    all.addAll(other.suites);
    return new TestReport(all, coverage.with(other.coverage));
  }

  /** A report of nothing. */
  public static TestReport empty() {
    return new TestReport(List.of(), new Coverage(List.of()));
  }

  public int cases() {
    return suites.stream().mapToInt(s -> s.cases().size()).sum();
  }

  public int failed() {
    return suites.stream().mapToInt(SuiteResult::failed).sum();
  }

  /** What failed: one line for each difference, {@code file:line:column: `case`: …}. */
  public List<String> failures() {
    List<String> lines = new ArrayList<>();
    for (SuiteResult suite : suites) {
      for (CaseResult one : suite.cases()) {
        for (Mismatch mismatch : one.mismatches()) {
          lines.add(
              OneLine.of(
                  one.position()
                      + ": the test `"
                      + one.name()
                      + "` fails: "
                      + mismatch.described()
                      + " ("
                      + one.got()
                      + ")"));
        }
      }
    }
    return lines;
  }
}
