package io.gat.issue.ruling;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.issue.ruling.Approval.State;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Writes what is asked and decided as records of the log, and reads them. */
final class ApprovalRecords {
  private static final JsonFactory JSON = new JsonFactory();

  private ApprovalRecords() {}

  /** What a record says: the whole of a question, or of an answer to one. */
  sealed interface Change {
    /** The id of the question. */
    String id();

    record Asked(String id, ApprovalWish wish, Instant at) implements Change {}

    record Decided(String id, State state) implements Change {}
  }

  static String write(Change change) {
    StringWriter out = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      switch (change) {
        case Change.Asked asked -> {
          json.writeStringField("change", "asked");
          json.writeStringField("id", asked.id());
          json.writeStringField("at", asked.at().toString());
          wish(json, asked.wish());
        }
        case Change.Decided decided -> {
          json.writeStringField("change", "decided");
          json.writeStringField("id", decided.id());
          state(json, decided.state());
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  private static void wish(JsonGenerator json, ApprovalWish wish) throws IOException {
    json.writeStringField("principal", wish.principal());
    json.writeStringField("client", wish.client());
    json.writeStringField("subject", wish.subject());
    texts(json, "people", new TreeSet<>(wish.people()));
    json.writeStringField("audience", wish.audience());
    texts(json, "scopes", wish.scopes());
    json.writeStringField("ttl", wish.ttl().toString());
    json.writeStringField("binding", wish.binding().name());
    json.writeObjectFieldStart("tags");
    for (Map.Entry<String, String> tag : wish.tags().entrySet()) {
      json.writeStringField(tag.getKey(), tag.getValue());
    }
    json.writeEndObject();
    json.writeStringField("rule", wish.rule());
    texts(json, "by", new TreeSet<>(wish.by()));
    json.writeStringField("longest", wish.longest().toString());
  }

  private static void texts(JsonGenerator json, String name, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static void state(JsonGenerator json, State state) throws IOException {
    switch (state) {
      case State.Pending pending -> throw new IllegalArgumentException("nothing is decided");
      case State.Granted granted -> {
        json.writeStringField("answer", "granted");
        json.writeStringField("by", granted.by());
        json.writeStringField("reason", granted.reason());
        json.writeStringField("at", granted.at().toString());
        json.writeStringField("until", granted.until().toString());
      }
      case State.Refused refused -> {
        json.writeStringField("answer", "refused");
        json.writeStringField("by", refused.by());
        json.writeStringField("reason", refused.reason());
        json.writeStringField("at", refused.at().toString());
      }
    }
  }

  /**
   * Reads a record.
   *
   * @throws LogException where it is none of ours
   */
  static Change read(LogRecord record) {
    try {
      Map<String, Object> members = StrictJson.object(record.payload());
      String id = text(members, "id");
      return switch (text(members, "change")) {
        case "asked" -> new Change.Asked(id, wish(members), Instant.parse(text(members, "at")));
        case "decided" -> new Change.Decided(id, state(members));
        default -> throw new IllegalArgumentException("of an unknown kind");
      };
    } catch (MalformedJsonException | IllegalArgumentException | DateTimeException e) {
      throw new LogException(
          "the log's record at position "
              + record.position()
              + " is no approval that this version can read: "
              + e.getMessage()
              + "; run the version that wrote it");
    }
  }

  private static ApprovalWish wish(Map<String, Object> members) {
    Map<String, String> tags = new HashMap<>();
    if (!(members.get("tags") instanceof Map<?, ?> written)) {
      throw new IllegalArgumentException("without tags");
    }
    for (Map.Entry<?, ?> tag : written.entrySet()) {
      if (!(tag.getKey() instanceof String name) || !(tag.getValue() instanceof String value)) {
        throw new IllegalArgumentException("with tags that are no texts");
      }
      tags.put(name, value);
    }
    return new ApprovalWish(
        text(members, "principal"),
        text(members, "client"),
        text(members, "subject"),
        Set.copyOf(texts(members, "people")),
        text(members, "audience"),
        texts(members, "scopes"),
        Duration.parse(text(members, "ttl")),
        ApprovalWish.Binding.valueOf(text(members, "binding")),
        tags,
        text(members, "rule"),
        Set.copyOf(texts(members, "by")),
        Duration.parse(text(members, "longest")));
  }

  private static State state(Map<String, Object> members) {
    String by = text(members, "by");
    String reason = text(members, "reason");
    Instant at = Instant.parse(text(members, "at"));
    return switch (text(members, "answer")) {
      case "granted" -> new State.Granted(by, reason, at, Instant.parse(text(members, "until")));
      case "refused" -> new State.Refused(by, reason, at);
      default -> throw new IllegalArgumentException("with an unknown answer");
    };
  }

  private static List<String> texts(Map<String, Object> members, String name) {
    List<String> texts = new ArrayList<>();
    if (!(members.get(name) instanceof List<?> list)) {
      throw new IllegalArgumentException("without " + name);
    }
    for (Object item : list) {
      if (!(item instanceof String text)) {
        throw new IllegalArgumentException("with something else than texts in " + name);
      }
      texts.add(text);
    }
    return texts;
  }

  private static String text(Map<String, Object> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("without " + name);
  }
}
