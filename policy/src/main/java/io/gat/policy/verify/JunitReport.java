package io.gat.policy.verify;

import java.util.stream.Collectors;

/**
 * A report as JUnit XML, which every CI system shows: a suite for each document of a test file. It
 * holds no times, so that equal runs give equal files.
 */
public final class JunitReport {
  private JunitReport() {}

  /** The whole XML document. */
  public static String of(TestReport report) {
    StringBuilder out =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    attribute(out, "name", "gat policy test");
    counts(out, report.cases(), report.failed());
    out.append(">\n");
    for (SuiteResult suite : report.suites()) {
      out.append("  <testsuite");
      attribute(out, "name", suite.name());
      attribute(out, "file", suite.position().file());
      counts(out, suite.cases().size(), suite.failed());
      out.append(">\n");
      suite.cases().forEach(one -> add(suite, one, out));
      out.append("  </testsuite>\n");
    }
    return out.append("</testsuites>\n").toString();
  }

  private static void counts(StringBuilder out, int tests, int failures) {
    attribute(out, "tests", Integer.toString(tests));
    attribute(out, "failures", Integer.toString(failures));
    attribute(out, "errors", "0");
    attribute(out, "skipped", "0");
  }

  private static void add(SuiteResult suite, CaseResult one, StringBuilder out) {
    out.append("    <testcase");
    attribute(out, "name", one.name());
    attribute(out, "classname", suite.name());
    attribute(out, "file", one.position().file());
    attribute(out, "line", Integer.toString(one.position().line()));
    if (one.passed()) {
      out.append("/>\n");
      return;
    }
    out.append(">\n      <failure");
    attribute(
        out,
        "message",
        one.mismatches().stream().map(Mismatch::described).collect(Collectors.joining("; ")));
    attribute(out, "type", "mismatch");
    out.append('>')
        .append(escaped(one.position() + ": the answer: " + one.got()))
        .append("</failure>\n    </testcase>\n");
  }

  private static void attribute(StringBuilder out, String name, String value) {
    out.append(' ').append(name).append("=\"").append(escaped(value)).append('"');
  }

  private static String escaped(String text) {
    return OneLine.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
