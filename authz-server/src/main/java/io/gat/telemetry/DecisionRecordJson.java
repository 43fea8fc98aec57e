package io.gat.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.gat.decide.CacheResult;
import io.gat.decide.DecisionRecord;
import io.gat.decide.DecisionRecord.Outcome;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON form of a {@link DecisionRecord}: an object on one line, in ASCII, with its fields
 * in DESIGN.md's order and without the absent ones.
 *
 * <p>A reader skips fields that it does not know, so that old programs read new logs.
 */
public final class DecisionRecordJson {
  /** ASCII alone leaves no character that some reader takes for the end of a line. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .characterEscapes(new ControlCharacters())
          .build();

  private static final String SHADOW = "shadow";

  private DecisionRecordJson() {}

  /** The record on one line, without the line's end. */
  public static String write(DecisionRecord record) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", record.time().toString());
      json.writeStringField("decision", record.decision().word());
      json.writeStringField("reason", record.reason().code());
      field(json, "service", record.service());
      field(json, "rule", record.rule());
      field(json, "method", record.method());
      field(json, "host", record.host());
      field(json, "path", record.path());
      field(json, "query_keys", record.queryKeys());
      field(json, "source_principal", record.sourcePrincipal());
      field(json, "destination_principal", record.destinationPrincipal());
      field(json, "issuer", record.issuer());
      field(json, "subject", record.subject());
      field(json, "client", record.client());
      field(json, "audience", record.audience());
      field(json, "scope", record.scope());
      field(json, "token_id", record.tokenId());
      field(json, "txn", record.txn());
      field(json, "age_ms", record.age());
      field(json, "ttl_ms", record.ttl());
      if (record.cache() != CacheResult.NONE) {
        json.writeStringField("cache", record.cache().word());
      }
      field(json, "policy", record.policy());
      Long epoch = record.epoch();
      if (epoch != null) {
        json.writeNumberField("epoch", epoch);
      }
      json.writeNumberField("duration_us", record.took().toNanos() / 1_000);
      field(json, "trace_id", record.traceId());
      field(json, "request_id", record.requestId());
      ShadowAnswer shadow = record.shadow();
      if (shadow != null) {
        write(json, shadow);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, ShadowAnswer shadow) throws IOException {
    json.writeObjectFieldStart(SHADOW);
    json.writeStringField("decision", shadow.kind().word());
    json.writeStringField("reason", shadow.reason().code());
    field(json, "service", shadow.service());
    field(json, "rule", shadow.rule());
    json.writeEndObject();
  }

  private static void field(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void field(JsonGenerator json, String name, @Nullable Duration value)
      throws IOException {
    if (value != null) {
      json.writeNumberField(name, value.toMillis());
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

  /** JSON lets the last control character of ASCII, DEL, stand as it is. */
  private static final class ControlCharacters extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[0x7f] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null; // none of its own
    }
  }

  /** A line that is not a decision record; the message says what is wrong with it, on one line. */
  public static final class UnreadableRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableRecordException(String message) {
      super(message);
    }
  }

  /** The record that a line holds. */
  public static DecisionRecord read(String line) throws UnreadableRecordException {
    Fields fields = new Fields();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new UnreadableRecordException("not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        fields.add(json.currentName(), json);
      }
      if (json.nextToken() != null) {
        throw new UnreadableRecordException("more than one JSON value on a line");
      }
    } catch (JsonProcessingException e) {
      // Its own message would repeat the line.
      throw new UnreadableRecordException(
          "not valid JSON at column " + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
    return record(fields);
  }

  /** The record that the members of a JSON object are, with integers as {@code Long}. */
  public static DecisionRecord read(Map<String, Object> object) throws UnreadableRecordException {
    Fields fields = new Fields();
    object.forEach(fields::add);
    return record(fields);
  }

  private static DecisionRecord record(Fields fields) throws UnreadableRecordException {
    try {
      return fields.toRecord();
    } catch (IllegalArgumentException e) {
      throw new UnreadableRecordException(String.valueOf(e.getMessage()));
    }
  }

  /** What a line holds, by kind; whatever has another shape than all known fields is skipped. */
  private static final class Fields {
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, List<String>> lists = new HashMap<>();
    private @Nullable Fields shadow;

    /** Reads the value of the field where the parser stands. */
    void add(String name, JsonParser json) throws IOException {
      JsonToken token = json.nextToken();
      if (token == JsonToken.VALUE_STRING) {
        texts.put(name, json.getText());
      } else if (token == JsonToken.VALUE_NUMBER_INT
          && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        numbers.put(name, json.getLongValue());
      } else if (token == JsonToken.START_ARRAY) {
        List<String> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          if (json.currentToken() == JsonToken.VALUE_STRING) {
            items.add(json.getText());
          } else {
            json.skipChildren();
          }
        }
        lists.put(name, items);
      } else if (token == JsonToken.START_OBJECT && name.equals(SHADOW)) {
        Fields inner = new Fields();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          inner.add(json.currentName(), json);
        }
        shadow = inner;
      } else {
        json.skipChildren();
      }
    }

    void add(String name, Object value) {
      switch (value) {
        case String text -> texts.put(name, text);
        case Long number -> numbers.put(name, number);
        case List<?> items ->
            lists.put(
                name,
                items.stream().filter(String.class::isInstance).map(String.class::cast).toList());
        default -> {} // no known field has such a value
      }
    }

    DecisionRecord toRecord() throws UnreadableRecordException {
      return new DecisionRecord(
          time(),
          word("decision", Outcome.values(), Outcome::word),
          word("reason", Reason.values(), Reason::code),
          text("service"),
          text("rule"),
          text("method"),
          text("host"),
          text("path"),
          list("query_keys"),
          text("source_principal"),
          text("destination_principal"),
          text("issuer"),
          text("subject"),
          text("client"),
          list("audience"),
          text("scope"),
          text("token_id"),
          text("txn"),
          milliseconds("age_ms"),
          milliseconds("ttl_ms"),
          texts.containsKey("cache")
              ? word("cache", CacheResult.values(), CacheResult::word)
              : CacheResult.NONE,
          text("policy"),
          numbers.get("epoch"),
          took(),
          text("trace_id"),
          text("request_id"),
          shadow == null ? null : shadow.toShadow());
    }

    private ShadowAnswer toShadow() throws UnreadableRecordException {
      return new ShadowAnswer(
          word("decision", ShadowAnswer.Kind.values(), ShadowAnswer.Kind::word),
          word("reason", Reason.values(), Reason::code),
          text("service"),
          text("rule"));
    }

    private String text(String name) {
      return texts.getOrDefault(name, "");
    }

    private List<String> list(String name) {
      return lists.getOrDefault(name, List.of());
    }

    private @Nullable Duration milliseconds(String name) {
      Long value = numbers.get(name);
      return value == null ? null : Duration.ofMillis(value);
    }

    private Duration took() throws UnreadableRecordException {
      long micros = numbers.getOrDefault("duration_us", 0L);
      if (micros < 0 || micros > Long.MAX_VALUE / 1_000) {
        throw new UnreadableRecordException("`duration_us` is out of range");
      }
      return Duration.ofNanos(micros * 1_000);
    }

    private Instant time() throws UnreadableRecordException {
      try {
        return Instant.parse(required("time"));
      } catch (DateTimeException e) {
        throw new UnreadableRecordException("`time` is not an ISO 8601 time in UTC");
      }
    }

    private <E> E word(String name, E[] all, Function<E, String> wordOf)
        throws UnreadableRecordException {
      String word = required(name);
      for (E one : all) {
        if (wordOf.apply(one).equals(word)) {
          return one;
        }
      }
      throw new UnreadableRecordException("`" + name + "` has a value that gat does not know");
    }

    private String required(String name) throws UnreadableRecordException {
      String value = texts.get(name);
      if (value == null) {
        throw new UnreadableRecordException("there is no `" + name + "`");
      }
      return value;
    }
  }
}
