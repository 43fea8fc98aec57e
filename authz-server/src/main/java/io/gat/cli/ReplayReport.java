package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.cli.replay.Replayed;
import java.io.IOException;
import java.util.Locale;
import java.util.TreeSet;

/** What came of a replay, as text and in JSON. */
final class ReplayReport {
  private ReplayReport() {}

  static String text(Replayed replayed) {
    StringBuilder text = new StringBuilder();
    text.append("replay of ").append(calls(replayed.calls())).append('\n');
    for (Replayed.Changed changed : replayed.changed()) {
      row(
          text,
          changed.count(),
          changed.calls(),
          changed.before().code()
              + " -> "
              + changed.after().code()
              + (changed.isAllowed() ? ", newly allowed" : ""));
    }
    for (Replayed.Open open : replayed.open()) {
      row(
          text,
          open.count(),
          open.calls(),
          "unknown, hangs on " + String.join(", ", new TreeSet<>(open.lacks())));
    }
    text.append(replayed.changedCalls()).append(" decided otherwise");
    if (replayed.openCalls() > 0) {
      text.append(", ").append(replayed.openCalls()).append(" hang on what records do not have");
    }
    if (replayed.unjudged() > 0) {
      text.append(", ").append(replayed.unjudged()).append(" were never judged");
    }
    return text.append('\n').toString();
  }

  private static String calls(long count) {
    return count + (count == 1 ? " call" : " calls");
  }

  private static void row(StringBuilder text, long count, Replayed.Calls calls, String rest) {
    String service = calls.service().isEmpty() ? "no service" : calls.service();
    String template = calls.template().isEmpty() ? "" : " " + calls.template();
    text.append(
        String.format(
            Locale.ROOT,
            "  %7d  %s\n",
            count,
            DiffText.printable(service + " " + calls.method() + template + ": " + rest)));
  }

  static void write(JsonGenerator json, Replayed replayed) throws IOException {
    json.writeObjectFieldStart("replay");
    json.writeNumberField("calls", replayed.calls());
    json.writeNumberField("unjudged", replayed.unjudged());
    json.writeNumberField("changed_calls", replayed.changedCalls());
    json.writeNumberField("unknown_calls", replayed.openCalls());
    json.writeArrayFieldStart("changed");
    for (Replayed.Changed changed : replayed.changed()) {
      json.writeStartObject();
      json.writeNumberField("count", changed.count());
      write(json, changed.calls());
      json.writeStringField("old", changed.before().code());
      json.writeStringField("new", changed.after().code());
      json.writeBooleanField("opens", changed.isAllowed());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("unknown");
    for (Replayed.Open open : replayed.open()) {
      json.writeStartObject();
      json.writeNumberField("count", open.count());
      write(json, open.calls());
      json.writeArrayFieldStart("hangs_on");
      for (String lack : new TreeSet<>(open.lacks())) {
        json.writeString(lack);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Replayed.Calls calls) throws IOException {
    json.writeStringField("service", calls.service());
    json.writeStringField("method", calls.method());
    json.writeStringField("template", calls.template());
  }
}
