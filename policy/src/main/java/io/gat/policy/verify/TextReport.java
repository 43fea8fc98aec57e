package io.gat.policy.verify;

/** A report for a person. */
public final class TextReport {
  private TextReport() {}

  /** The report as lines: every case, what failed and why, a summary, what is not covered. */
  public static String of(TestReport report) {
    StringBuilder out = new StringBuilder();
    for (SuiteResult suite : report.suites()) {
      out.append(suite.position().file()).append(": ").append(suite.name()).append('\n');
      suite.cases().stream().filter(one -> !isDenied(one)).forEach(one -> add(one, out));
      long denied = suite.cases().stream().filter(TextReport::isDenied).count();
      if (denied > 0) {
        out.append("  ✓ ")
            .append(denied)
            .append(denied == 1 ? " pair that is not listed is" : " pairs that are not listed are")
            .append(" denied\n");
      }
      out.append('\n');
    }
    int cases = report.cases();
    out.append(cases)
        .append(cases == 1 ? " case, " : " cases, ")
        .append(report.failed() == 0 ? "all passed" : report.failed() + " failed")
        .append('\n');
    add(report.coverage(), out);
    return out.toString();
  }

  /** What nobody wrote and what is as it should be need not be read one by one. */
  private static boolean isDenied(CaseResult one) {
    return one.origin() == CaseResult.Origin.UNLISTED && one.passed();
  }

  private static void add(CaseResult one, StringBuilder out) {
    out.append(one.passed() ? "  ✓ " : "  ✗ ").append(OneLine.of(one.name())).append('\n');
    if (one.passed()) {
      return;
    }
    out.append("      ").append(one.position()).append('\n');
    for (Mismatch mismatch : one.mismatches()) {
      out.append("      ").append(OneLine.of(mismatch.described())).append('\n');
    }
    out.append("      the answer: ").append(OneLine.of(one.got())).append('\n');
  }

  private static void add(Coverage coverage, StringBuilder out) {
    out.append("coverage: ")
        .append(coverage.percent())
        .append(" % (")
        .append(coverage.seen())
        .append(" of ")
        .append(coverage.points().size())
        .append(" rules and outcomes of conditions)\n");
    coverage.missing().forEach(p -> out.append("  ").append(p.described()).append('\n'));
  }
}
