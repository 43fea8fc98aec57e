package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Severity;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Problems as a log of SARIF 2.1.0 (OASIS), the form that code scanning reads. Columns count code
 * points, and end before {@code endColumn}, as gat's do.
 */
final class SarifReport {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  /** In the order in which the log lists them: results name a rule by its place, too. */
  private static final List<ProblemId> RULES = List.of(ProblemId.values());

  private SarifReport() {}

  static String text(List<Problem> problems) {
    return Json.text(
            json -> {
              json.writeStartObject();
              json.writeStringField("$schema", SCHEMA);
              json.writeStringField("version", "2.1.0");
              json.writeArrayFieldStart("runs");
              run(json, problems);
              json.writeEndArray();
              json.writeEndObject();
            })
        + "\n";
  }

  private static void run(JsonGenerator json, List<Problem> problems) throws IOException {
    json.writeStartObject();
    json.writeObjectFieldStart("tool");
    json.writeObjectFieldStart("driver");
    json.writeStringField("name", "gat policy check");
    json.writeArrayFieldStart("rules");
    for (ProblemId id : RULES) {
      rule(json, id);
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
    json.writeStringField("columnKind", "unicodeCodePoints");
    json.writeArrayFieldStart("invocations");
    json.writeStartObject();
    boolean read = problems.stream().noneMatch(p -> p.severity() == Severity.UNREADABLE);
    json.writeBooleanField("executionSuccessful", read);
    json.writeEndObject();
    json.writeEndArray();
    json.writeArrayFieldStart("results");
    for (Problem problem : problems) {
      result(json, problem);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void rule(JsonGenerator json, ProblemId id) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", id.id());
    json.writeStringField("name", camelCase(id));
    message(json, "shortDescription", plain(id.explanation()));
    json.writeObjectFieldStart("help");
    json.writeStringField("text", plain(id.explanation() + " " + id.remedy()));
    json.writeStringField("markdown", id.explanation() + "\n\n" + id.remedy());
    json.writeEndObject();
    json.writeObjectFieldStart("defaultConfiguration");
    json.writeStringField("level", level(id.severity()));
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void result(JsonGenerator json, Problem problem) throws IOException {
    json.writeStartObject();
    json.writeStringField("ruleId", problem.id().id());
    json.writeNumberField("ruleIndex", RULES.indexOf(problem.id()));
    json.writeStringField("level", level(problem.severity()));
    String remedy = problem.remedy().isEmpty() ? "" : "; " + problem.remedy();
    message(json, "message", problem.message() + remedy);
    json.writeArrayFieldStart("locations");
    json.writeStartObject();
    json.writeObjectFieldStart("physicalLocation");
    json.writeObjectFieldStart("artifactLocation");
    json.writeStringField("uri", uri(problem.position().file()));
    json.writeEndObject();
    json.writeObjectFieldStart("region");
    json.writeNumberField("startLine", problem.position().line());
    json.writeNumberField("startColumn", problem.position().column());
    json.writeNumberField("endColumn", problem.endColumn());
    json.writeEndObject();
    json.writeEndObject();
    if (!problem.path().isEmpty()) {
      json.writeArrayFieldStart("logicalLocations");
      json.writeStartObject();
      json.writeStringField("fullyQualifiedName", problem.path());
      json.writeEndObject();
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void message(JsonGenerator json, String field, String text) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("text", text);
    json.writeEndObject();
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case UNREADABLE, ERROR -> "error";
      case WARNING -> "warning";
    };
  }

  /** A relative file stays relative: to the folder where the log is read. */
  private static String uri(String file) {
    Path path = Path.of(file);
    if (path.isAbsolute()) {
      return path.toUri().toString();
    }
    try {
      // With a dot before it, or a colon in the first name would end a scheme.
      String relative = path.toString().replace('\\', '/');
      String text = new URI(null, null, "./" + relative, null).toASCIIString();
      return relative.contains(":") ? text : text.substring(2);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a path: " + file, e);
    }
  }

  private static String plain(String markdown) {
    return markdown.replace("`", "");
  }

  private static String camelCase(ProblemId id) {
    StringBuilder name = new StringBuilder();
    for (String word : id.id().split("-", -1)) {
      name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return name.toString();
  }
}
