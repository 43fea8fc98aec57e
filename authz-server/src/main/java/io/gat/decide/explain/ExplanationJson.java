package io.gat.decide.explain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.Candidate;
import io.gat.decide.explain.Explanation.Finding;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** An {@link Explanation} as one JSON object, indented, in ASCII. */
public final class ExplanationJson {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private ExplanationJson() {}

  /** The object, without a line's end at its end. */
  public static String of(Explanation e) {
    StringWriter text = new StringWriter(4_096);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
      json.setPrettyPrinter(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
              .withObjectIndenter(indenter)
              .withArrayIndenter(indenter));
      write(json, e);
    } catch (IOException impossible) {
      throw new UncheckedIOException("memory cannot fail to be written", impossible);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Explanation e) throws IOException {
    Reason reason = e.reason();
    json.writeStartObject();
    json.writeStringField("decision", e.outcome().word());
    if (reason != null) {
      json.writeStringField("reason", reason.code());
      json.writeNumberField("status", reason.status());
    }
    json.writeStringField("time", e.at().toString());
    json.writeStringField("policy", e.policy());
    json.writeStringField("method", e.method());
    json.writeStringField("host", e.host());
    json.writeStringField("path", e.path());
    json.writeStringField("service", e.service());
    json.writeStringField("service_at", e.servicePlace());
    json.writeStringField("rule", e.rule());
    ShadowAnswer shadow = e.shadow();
    if (shadow != null) {
      json.writeObjectFieldStart("shadow");
      json.writeStringField("decision", shadow.kind().word());
      json.writeStringField("reason", shadow.reason().code());
      json.writeStringField("service", shadow.service());
      json.writeStringField("rule", shadow.rule());
      json.writeEndObject();
    }
    texts(json, "notes", e.notes());
    json.writeArrayFieldStart("steps");
    for (Finding finding : e.steps()) {
      json.writeStartObject();
      json.writeStringField("step", finding.step().word());
      json.writeStringField("state", finding.state().word());
      json.writeStringField("seen", finding.seen());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rules");
    for (Candidate candidate : e.candidates()) {
      candidate(json, candidate);
    }
    json.writeEndArray();
    asked(json, "conditions", e.conditions());
    texts(json, "missing", e.missing());
    texts(json, "needed", e.needed());
    json.writeEndObject();
  }

  private static void candidate(JsonGenerator json, Candidate candidate) throws IOException {
    json.writeStartObject();
    json.writeStringField("rule", candidate.rule());
    json.writeStringField("at", candidate.place());
    json.writeStringField("template", candidate.template());
    texts(json, "methods", candidate.methods());
    json.writeBooleanField("decides", candidate.decides());
    json.writeStringField("standing", candidate.standing());
    json.writeEndObject();
  }

  private static void asked(JsonGenerator json, String name, List<Asked> all) throws IOException {
    json.writeArrayFieldStart(name);
    for (Asked one : all) {
      json.writeStartObject();
      json.writeStringField("asks", one.what());
      json.writeStringField("state", one.state().word());
      json.writeStringField("seen", one.seen());
      if (!one.parts().isEmpty()) {
        asked(json, "parts", one.parts());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
