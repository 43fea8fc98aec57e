package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.compile.PolicyCheck;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Severity;
import java.io.IOException;
import java.util.List;

/**
 * What {@code policy check} writes with {@code --output json}: {@code ok}, where the set compiles
 * {@code policy} (its hash) and {@code services} and {@code rules_in_shadow} (how many), then
 * {@code problems} and {@code warnings}.
 */
final class CheckJson {
  private CheckJson() {}

  static String text(PolicyCheck.Report report, boolean ok) {
    return Json.text(
            json -> {
              json.writeStartObject();
              json.writeBooleanField("ok", ok);
              if (report.compiled().isPresent()) {
                var policy = report.compiled().get().policy();
                json.writeStringField("policy", policy.hash());
                json.writeNumberField("services", policy.services().size());
                json.writeNumberField("rules_in_shadow", report.compiled().get().rulesInShadow());
              }
              write(json, "problems", report.problems().stream().filter(p -> !warns(p)).toList());
              write(json, "warnings", report.of(Severity.WARNING));
              json.writeEndObject();
            })
        + "\n";
  }

  private static boolean warns(Problem problem) {
    return problem.severity() == Severity.WARNING;
  }

  private static void write(JsonGenerator json, String name, List<Problem> problems)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Problem p : problems) {
      json.writeStartObject();
      json.writeStringField("file", p.position().file());
      json.writeNumberField("line", p.position().line());
      json.writeNumberField("column", p.position().column());
      json.writeNumberField("end_column", p.endColumn());
      json.writeStringField("id", p.id().id());
      json.writeStringField("path", p.path());
      json.writeStringField("message", p.message());
      json.writeStringField("remedy", p.remedy());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
