package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.parse.Position;
import io.gat.policy.verify.diff.Change;
import io.gat.policy.verify.diff.Difference;
import io.gat.policy.verify.diff.Methods;
import io.gat.policy.verify.diff.PolicyDiff;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The fields of a {@link PolicyDiff} in JSON. */
final class DiffJson {
  private DiffJson() {}

  static void write(JsonGenerator json, PolicyDiff diff) throws IOException {
    json.writeBooleanField("opens", diff.opens());
    json.writeArrayFieldStart("changes");
    for (Change change : diff.changes()) {
      write(json, change);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Change change) throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", word(change.kind()));
    json.writeBooleanField("opens", change.kind().opens());
    switch (change) {
      case Change.OfCalls calls -> {
        json.writeStringField("service", calls.service());
        json.writeStringField("template", calls.template());
        write(json, calls.methods());
        write(json, "old", calls.before());
        write(json, "new", calls.after());
      }
      case Change.OfService service -> json.writeStringField("service", service.service());
      case Change.OfTokens tokens -> {
        json.writeStringField("principal", tokens.principal());
        json.writeStringField("audience", tokens.audience());
      }
    }
    differences(json, change.differences());
    json.writeEndObject();
  }

  /** {@code methods} are those that are meant; without them all are, but {@code methods_but}. */
  private static void write(JsonGenerator json, Methods methods) throws IOException {
    json.writeArrayFieldStart(
        switch (methods.sense()) {
          case THESE -> "methods";
          case ALL_OTHERS -> "methods_but";
        });
    for (String name : methods.names()) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, String name, Change.Side side) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("answer", word(side.answer()));
    if (side.rule().isPresent()) {
      Change.RuleAt rule = side.rule().get();
      json.writeStringField("rule", rule.name());
      if (rule.position().isPresent()) {
        Position position = rule.position().get();
        json.writeStringField("file", position.file());
        json.writeNumberField("line", position.line());
        json.writeNumberField("column", position.column());
      }
    }
    json.writeArrayFieldStart("asks");
    for (String one : side.asks()) {
      json.writeString(one);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void differences(JsonGenerator json, List<Difference> differences)
      throws IOException {
    json.writeArrayFieldStart("differences");
    for (Difference d : differences) {
      json.writeStartObject();
      json.writeStringField("what", d.what());
      json.writeStringField("relation", word(d.relation()));
      json.writeStringField("old", d.before());
      json.writeStringField("new", d.after());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
