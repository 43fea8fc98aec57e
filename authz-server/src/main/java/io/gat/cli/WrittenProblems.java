package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.parse.Problem;
import java.io.IOException;
import java.util.List;

/** Problems as an array of JSON objects. */
final class WrittenProblems {
  private WrittenProblems() {}

  static void write(JsonGenerator json, String name, List<Problem> problems) throws IOException {
    json.writeArrayFieldStart(name);
    for (Problem problem : problems) {
      json.writeStartObject();
      json.writeStringField("file", problem.position().file());
      json.writeNumberField("line", problem.position().line());
      json.writeNumberField("column", problem.position().column());
      json.writeStringField("path", problem.path());
      json.writeStringField("message", problem.message());
      json.writeStringField("remedy", problem.remedy());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
