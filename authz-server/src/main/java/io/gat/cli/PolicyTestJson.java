package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.verify.CaseResult;
import io.gat.policy.verify.Coverage;
import io.gat.policy.verify.Mismatch;
import io.gat.policy.verify.SuiteResult;
import io.gat.policy.verify.TestReport;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The results of policy tests as JSON. */
final class PolicyTestJson {
  private PolicyTestJson() {}

  /** What came of the tests. */
  static String of(TestReport report, boolean ok) {
    return Json.text(
        json -> {
          json.writeStartObject();
          json.writeBooleanField("ok", ok);
          json.writeNumberField("cases", report.cases());
          json.writeNumberField("failed", report.failed());
          json.writeArrayFieldStart("suites");
          for (SuiteResult suite : report.suites()) {
            write(suite, json);
          }
          json.writeEndArray();
          write(report.coverage(), json);
          json.writeEndObject();
        });
  }

  /** Why there are no results. */
  static String of(List<Problem> problems) {
    return Json.text(
        json -> {
          json.writeStartObject();
          json.writeBooleanField("ok", false);
          json.writeArrayFieldStart("problems");
          for (Problem problem : problems) {
            json.writeStartObject();
            write(problem.position(), json);
            json.writeStringField("path", problem.path());
            json.writeStringField("message", problem.message());
            json.writeStringField("remedy", problem.remedy());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(SuiteResult suite, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", suite.name());
    json.writeStringField("file", suite.position().file());
    json.writeArrayFieldStart("cases");
    for (CaseResult one : suite.cases()) {
      json.writeStartObject();
      json.writeStringField("name", one.name());
      json.writeNumberField("line", one.position().line());
      json.writeNumberField("column", one.position().column());
      json.writeBooleanField("passed", one.passed());
      json.writeStringField("got", one.got());
      json.writeArrayFieldStart("mismatches");
      for (Mismatch mismatch : one.mismatches()) {
        json.writeStartObject();
        json.writeStringField("what", mismatch.what());
        json.writeStringField("expected", mismatch.expected());
        json.writeStringField("got", mismatch.got());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Coverage coverage, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("coverage");
    json.writeNumberField("percent", coverage.percent());
    json.writeNumberField("seen", coverage.seen());
    json.writeNumberField("of", coverage.points().size());
    json.writeArrayFieldStart("missing");
    for (Coverage.Point point : coverage.missing()) {
      json.writeStartObject();
      write(point.position(), json);
      json.writeStringField("document", point.document());
      json.writeStringField("rule", point.rule());
      json.writeStringField("aspect", point.aspect().name().toLowerCase(Locale.ROOT));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Position position, JsonGenerator json) throws IOException {
    json.writeStringField("file", position.file());
    json.writeNumberField("line", position.line());
    json.writeNumberField("column", position.column());
  }
}
