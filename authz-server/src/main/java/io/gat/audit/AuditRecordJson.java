package io.gat.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditRecord.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON form of an {@link AuditRecord}: an object in printable ASCII without white space,
 * its members in a fixed order and without the empty ones. A record's hash is that of these bytes,
 * so whatever passes records on passes them on byte by byte.
 */
public final class AuditRecordJson {
  private static final int VERSION = 1;
  private static final int MAX_DEPTH = 8;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private AuditRecordJson() {}

  /**
   * What the chain needs to know of a record.
   *
   * @param time as it is written
   * @param checkpoint the compact JWS, empty where the record holds an event
   */
  record Head(
      String writer,
      long sequence,
      String previous,
      long previousPosition,
      String time,
      String checkpoint) {
    boolean isCheckpoint() {
      return !checkpoint.isEmpty();
    }
  }

  /** The record's bytes. */
  static byte[] write(AuditRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(640);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("v", VERSION);
      json.writeStringField("writer", record.writer());
      json.writeNumberField("seq", record.sequence());
      json.writeStringField("prev", record.previous());
      if (record.previousPosition() > 0) {
        json.writeNumberField("at", record.previousPosition());
      }
      json.writeStringField("time", record.time().toString());
      switch (record.content()) {
        case Content.Happened happened -> {
          json.writeObjectFieldStart("event");
          writeFields(json, happened.event());
          json.writeEndObject();
        }
        case Content.Signed checkpoint -> json.writeStringField("checkpoint", checkpoint.signed());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return bytes.toByteArray();
  }

  /** How every record of a writer begins. */
  static String beginning(String writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("v", VERSION);
      json.writeStringField("writer", writer);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    String object = bytes.toString(StandardCharsets.US_ASCII);
    return object.substring(0, object.length() - 1) + ",";
  }

  /** A text as it stands in records, with its quotes. */
  public static String quoted(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeString(text);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return bytes.toString(StandardCharsets.US_ASCII);
  }

  /** The event's members, without the empty ones. */
  public static void writeFields(JsonGenerator json, AuditEvent event) throws IOException {
    json.writeStringField("action", event.action().word());
    json.writeStringField("outcome", event.outcome().word());
    field(json, "reason", event.reason());
    json.writeObjectFieldStart("actor");
    json.writeStringField("kind", event.actor().kind().word());
    field(json, "name", event.actor().name());
    field(json, "token_id", event.actor().tokenId());
    json.writeEndObject();
    field(json, "subject", event.subject());
    field(json, "client", event.client());
    field(json, "token_id", event.tokenId());
    field(json, "audience", event.audiences());
    field(json, "scope", event.scopes());
    field(json, "binding", event.binding());
    field(json, "kid", event.kid());
    field(json, "rule", event.rule());
    field(json, "request_id", event.requestId());
    field(json, "trace_id", event.traceId());
    if (!event.details().isEmpty()) {
      json.writeObjectFieldStart("details");
      for (Map.Entry<String, String> detail : event.details().entrySet()) {
        json.writeStringField(detail.getKey(), detail.getValue());
      }
      json.writeEndObject();
    }
  }

  private static void field(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void field(JsonGenerator json, String name, List<String> values)
      throws IOException {
    if (!values.isEmpty()) {
      json.writeArrayFieldStart(name);
      for (String value : values) {
        json.writeString(value);
      }
      json.writeEndArray();
    }
  }

  /** The record that a payload holds. Members that are not known are skipped. */
  public static AuditRecord read(String payload) throws UnreadableRecordException {
    Members members = new Members();
    read(payload, members);
    Head head = members.head();
    AuditEvent event = members.event;
    try {
      return new AuditRecord(
          head.writer(),
          head.sequence(),
          head.previous(),
          head.previousPosition(),
          Instant.parse(head.time()),
          event == null ? new Content.Signed(head.checkpoint()) : new Content.Happened(event));
    } catch (DateTimeException e) {
      throw new UnreadableRecordException("`time` is not an ISO 8601 time in UTC");
    }
  }

  /** What the chain needs to know; the event itself is not looked at. */
  static Head head(String payload) throws UnreadableRecordException {
    Members members = new Members();
    members.skipsEvent = true;
    read(payload, members);
    return members.head();
  }

  private static void read(String payload, Members members) throws UnreadableRecordException {
    try (JsonParser json = JSON.createParser(payload)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new UnreadableRecordException("not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        members.add(json.currentName(), json);
      }
      if (json.nextToken() != null) {
        throw new UnreadableRecordException("something stands behind the JSON object");
      }
    } catch (JsonProcessingException e) {
      // Its own message would repeat the text.
      throw new UnreadableRecordException("not valid JSON");
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    } catch (IllegalArgumentException e) {
      throw new UnreadableRecordException(String.valueOf(e.getMessage()));
    }
  }

  /** The members of the outer object. */
  private static final class Members {
    private boolean skipsEvent;
    private long version;
    private String writer = "";
    private long sequence;
    private String previous = "";
    private long previousPosition;
    private String time = "";
    private String checkpoint = "";
    private boolean hasEvent;
    private @Nullable AuditEvent event;

    void add(String name, JsonParser json) throws IOException, UnreadableRecordException {
      json.nextToken();
      switch (name) {
        case "v" -> version = number(name, json);
        case "writer" -> writer = text(name, json);
        case "seq" -> sequence = number(name, json);
        case "prev" -> previous = text(name, json);
        case "at" -> previousPosition = number(name, json);
        case "time" -> time = text(name, json);
        case "checkpoint" -> checkpoint = text(name, json);
        case "event" -> {
          hasEvent = true;
          if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new UnreadableRecordException("`event` is not an object");
          }
          if (skipsEvent) {
            json.skipChildren();
          } else {
            event = event(json);
          }
        }
        default -> json.skipChildren();
      }
    }

    Head head() throws UnreadableRecordException {
      if (version != VERSION) {
        throw new UnreadableRecordException(
            "`v` is not " + VERSION + ": not a record that this version of gat reads");
      }
      if (writer.isEmpty() || previous.isEmpty() || time.isEmpty() || sequence < 1) {
        throw new UnreadableRecordException("one of `writer`, `seq`, `prev` and `time` is missing");
      }
      if (hasEvent != checkpoint.isEmpty()) {
        throw new UnreadableRecordException("one of `event` and `checkpoint` is needed");
      }
      if (previousPosition < 0) {
        throw new UnreadableRecordException("`at` is no position");
      }
      return new Head(writer, sequence, previous, previousPosition, time, checkpoint);
    }
  }

  private static AuditEvent event(JsonParser json) throws IOException, UnreadableRecordException {
    Map<String, String> texts = new HashMap<>();
    Map<String, List<String>> lists = new HashMap<>();
    Map<String, String> actor = Map.of();
    Map<String, String> details = Map.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      switch (json.nextToken()) {
        case VALUE_STRING -> texts.put(name, json.getText());
        case START_ARRAY -> lists.put(name, texts(json));
        case START_OBJECT -> {
          switch (name) {
            case "actor" -> actor = members(json);
            case "details" -> details = members(json);
            default -> json.skipChildren();
          }
        }
        case null, default -> json.skipChildren();
      }
    }
    Actor.Kind kind = word("kind", actor, Actor.Kind.values(), Actor.Kind::word);
    return new AuditEvent(
        word("action", texts, Action.values(), Action::word),
        word("outcome", texts, Outcome.values(), Outcome::word),
        texts.getOrDefault("reason", ""),
        new Actor(kind, actor.getOrDefault("name", ""), actor.getOrDefault("token_id", "")),
        texts.getOrDefault("subject", ""),
        texts.getOrDefault("client", ""),
        texts.getOrDefault("token_id", ""),
        lists.getOrDefault("audience", List.of()),
        lists.getOrDefault("scope", List.of()),
        texts.getOrDefault("binding", ""),
        texts.getOrDefault("kid", ""),
        texts.getOrDefault("rule", ""),
        texts.getOrDefault("request_id", ""),
        texts.getOrDefault("trace_id", ""),
        details);
  }

  private static Map<String, String> members(JsonParser json) throws IOException {
    Map<String, String> members = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken() == JsonToken.VALUE_STRING) {
        members.put(name, json.getText());
      } else {
        json.skipChildren();
      }
    }
    return members;
  }

  private static List<String> texts(JsonParser json) throws IOException {
    List<String> texts = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        texts.add(json.getText());
      } else {
        json.skipChildren();
      }
    }
    return texts;
  }

  private static <E> E word(
      String name, Map<String, String> texts, E[] all, Function<E, String> wordOf)
      throws UnreadableRecordException {
    String word = texts.getOrDefault(name, "");
    for (E one : all) {
      if (wordOf.apply(one).equals(word)) {
        return one;
      }
    }
    throw new UnreadableRecordException(
        "`" + name + "` has a value that this version of gat does not know");
  }

  private static long number(String name, JsonParser json)
      throws IOException, UnreadableRecordException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new UnreadableRecordException("`" + name + "` is not a whole number");
    }
    return json.getLongValue();
  }

  private static String text(String name, JsonParser json)
      throws IOException, UnreadableRecordException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new UnreadableRecordException("`" + name + "` is not a text");
    }
    return json.getText();
  }
}
