package io.gat.keys.life;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.audit.AuditEvent.Actor;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Key events as the log keeps them: one JSON object each, whose {@code type} says which. */
final class KeyEventJson {
  private static final JsonFactory JSON = new JsonFactory();

  private KeyEventJson() {}

  /**
   * Who has written a record, and why. It changes nothing in the ring; the audit log is told it.
   *
   * @param writer which issuer, empty for a command that has the log to itself
   */
  record Written(String writer, KeyCause cause) {
    Written {
      Objects.requireNonNull(writer);
      Objects.requireNonNull(cause);
    }
  }

  /** The payload of an event's record. */
  static String write(KeyEvent event, Written written) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", type(event));
      json.writeStringField("at", event.at().toString());
      members(json, event);
      written(json, written);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  private static void written(JsonGenerator json, Written written) throws IOException {
    json.writeObjectFieldStart("written");
    json.writeStringField("by", written.writer());
    json.writeStringField("kind", word(written.cause().actor().kind()));
    json.writeStringField("name", written.cause().actor().name());
    json.writeStringField("token_id", written.cause().actor().tokenId());
    json.writeStringField("reason", written.cause().reason());
    json.writeStringField("request_id", written.cause().requestId());
    json.writeStringField("trace_id", written.cause().traceId());
    json.writeEndObject();
  }

  /**
   * Who has written a record; empty where it does not say.
   *
   * @throws LogException where it is no event that this version knows
   */
  static Optional<Written> written(LogRecord record) {
    try {
      Members event = new Members(StrictJson.object(record.payload()));
      if (!event.has("written")) {
        return Optional.empty();
      }
      Members written = event.object("written");
      return Optional.of(
          new Written(
              written.text("by"),
              new KeyCause(
                  new Actor(
                      written.constant("kind", Actor.Kind.class),
                      written.text("name"),
                      written.text("token_id")),
                  written.text("reason"),
                  written.text("request_id"),
                  written.text("trace_id"))));
    } catch (MalformedJsonException | RuntimeException e) {
      throw unreadable(record, e);
    }
  }

  private static LogException unreadable(LogRecord record, Exception e) {
    return new LogException(
        "the log's record "
            + record.position()
            + " is no event of a key; it was damaged, or written by a newer version of gat",
        e);
  }

  private static String type(KeyEvent event) {
    return switch (event) {
      case KeyEvent.Published p -> "published";
      case KeyEvent.Activated a -> "activated";
      case KeyEvent.Renewed r -> "renewed";
      case KeyEvent.Retiring r -> "retiring";
      case KeyEvent.Confirmed c -> "confirmed";
      case KeyEvent.Retired r -> "retired";
      case KeyEvent.Revoked r -> "revoked";
      case KeyEvent.Rewrapped r -> "rewrapped";
      case KeyEvent.RotationAsked r -> "rotation";
      case KeyEvent.CanarySet c -> "canary";
      case KeyEvent.CanaryStopped c -> "canary-stopped";
      case KeyEvent.Summary s -> "summary";
    };
  }

  private static void members(JsonGenerator json, KeyEvent event) throws IOException {
    switch (event) {
      case KeyEvent.Published p -> {
        json.writeArrayFieldStart("keys");
        for (KeyEvent.NewKey key : p.keys()) {
          json.writeStartObject();
          key(json, key.kid(), key.algorithm().joseName(), key.publicJwk(), key.wrapped());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      case KeyEvent.Activated a -> {
        json.writeStringField("kid", a.kid());
        json.writeStringField("writer", a.writer());
        json.writeStringField("role", word(a.role()));
        json.writeStringField("signs_until", a.signsUntil().toString());
      }
      case KeyEvent.Renewed r -> {
        strings(json, "kids", r.kids());
        json.writeStringField("signs_until", r.signsUntil().toString());
      }
      case KeyEvent.Retiring r -> {
        json.writeStringField("kid", r.kid());
        json.writeStringField("told_for", r.toldFor().toString());
        json.writeStringField("ends", r.ends().toString());
      }
      case KeyEvent.Confirmed c -> {}
      case KeyEvent.Retired r -> json.writeStringField("kid", r.kid());
      case KeyEvent.Revoked r -> {
        json.writeStringField("kid", r.kid());
        json.writeStringField("by", r.by());
      }
      case KeyEvent.Rewrapped r -> {
        json.writeStringField("kid", r.kid());
        wrapped(json, r.wrapped());
      }
      case KeyEvent.RotationAsked r -> {
        json.writeStringField("urgency", word(r.urgency()));
        json.writeStringField("by", r.by());
      }
      case KeyEvent.CanarySet c -> {
        json.writeObjectFieldStart("canary");
        canary(json, c.canary());
        json.writeEndObject();
        json.writeStringField("by", c.by());
      }
      case KeyEvent.CanaryStopped c -> json.writeStringField("by", c.by());
      case KeyEvent.Summary s -> RingStateJson.write(json, s.ring());
    }
  }

  static void key(
      JsonGenerator json, String kid, String algorithm, String jwk, KeyEntry.Wrapped wrapped)
      throws IOException {
    json.writeStringField("kid", kid);
    json.writeStringField("alg", algorithm);
    json.writeStringField("jwk", jwk);
    wrapped(json, wrapped);
  }

  private static void wrapped(JsonGenerator json, KeyEntry.Wrapped wrapped) throws IOException {
    json.writeStringField("kek", wrapped.kek());
    json.writeStringField("wrapped", wrapped.text());
  }

  static void canary(JsonGenerator json, Canary canary) throws IOException {
    json.writeStringField("id", canary.id());
    json.writeStringField("alg", canary.algorithm().joseName());
    json.writeNumberField("percent", canary.percent());
    strings(json, "audiences", canary.audiences().stream().sorted().toList());
    strings(json, "principals", canary.principals().stream().sorted().toList());
  }

  private static void strings(JsonGenerator json, String name, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The event that a record holds.
   *
   * @throws LogException where it is none that this version knows
   */
  static KeyEvent read(LogRecord record) {
    try {
      return read(new Members(StrictJson.object(record.payload())));
    } catch (MalformedJsonException | RuntimeException e) {
      throw unreadable(record, e);
    }
  }

  private static KeyEvent read(Members event) {
    Instant at = event.time("at");
    return switch (event.text("type")) {
      case "published" ->
          new KeyEvent.Published(
              at, event.objects("keys").stream().map(KeyEventJson::key).toList());
      case "activated" ->
          new KeyEvent.Activated(
              at,
              event.text("kid"),
              event.text("writer"),
              event.constant("role", KeyRole.class),
              event.time("signs_until"));
      case "renewed" -> new KeyEvent.Renewed(at, event.texts("kids"), event.time("signs_until"));
      case "confirmed" -> new KeyEvent.Confirmed(at);
      case "retiring" ->
          new KeyEvent.Retiring(
              at, event.text("kid"), event.duration("told_for"), event.time("ends"));
      case "retired" -> new KeyEvent.Retired(at, event.text("kid"));
      case "revoked" -> new KeyEvent.Revoked(at, event.text("kid"), event.text("by"));
      case "rewrapped" -> new KeyEvent.Rewrapped(at, event.text("kid"), wrapped(event));
      case "rotation" ->
          new KeyEvent.RotationAsked(
              at, event.constant("urgency", KeyEvent.Urgency.class), event.text("by"));
      case "canary" -> new KeyEvent.CanarySet(at, canary(event.object("canary")), event.text("by"));
      case "canary-stopped" -> new KeyEvent.CanaryStopped(at, event.text("by"));
      case "summary" -> new KeyEvent.Summary(at, RingStateJson.read(event));
      default -> throw new IllegalArgumentException("type");
    };
  }

  private static KeyEvent.NewKey key(Members key) {
    return new KeyEvent.NewKey(
        key.text("kid"), key.algorithm("alg"), key.text("jwk"), wrapped(key));
  }

  static KeyEntry.Wrapped wrapped(Members key) {
    return new KeyEntry.Wrapped(key.text("kek"), key.text("wrapped"));
  }

  static Canary canary(Members canary) {
    return new Canary(
        canary.text("id"),
        canary.algorithm("alg"),
        Math.toIntExact(canary.number("percent")),
        Set.copyOf(canary.texts("audiences")),
        Set.copyOf(canary.texts("principals")));
  }

  /** The members of an object; what is missing or of another type is an exception. */
  record Members(Map<String, Object> json) {
    String text(String name) {
      if (json.get(name) instanceof String text) {
        return text;
      }
      throw new IllegalArgumentException(name);
    }

    boolean has(String name) {
      return json.containsKey(name);
    }

    long number(String name) {
      if (json.get(name) instanceof Long number) {
        return number;
      }
      throw new IllegalArgumentException(name);
    }

    Instant time(String name) {
      return Instant.parse(text(name));
    }

    Duration duration(String name) {
      return Duration.parse(text(name));
    }

    Algorithm algorithm(String name) {
      return Algorithm.of(text(name)).orElseThrow();
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
      return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    Members object(String name) {
      if (json.get(name) instanceof Map<?, ?> map) {
        return members(map);
      }
      throw new IllegalArgumentException(name);
    }

    List<String> texts(String name) {
      return list(name).stream().map(String.class::cast).toList();
    }

    List<Members> objects(String name) {
      return list(name).stream().map(o -> members((Map<?, ?>) o)).toList();
    }

    private List<?> list(String name) {
      if (json.get(name) instanceof List<?> list) {
        return list;
      }
      throw new IllegalArgumentException(name);
    }

    private static Members members(Map<?, ?> map) {
      Map<String, Object> typed = new HashMap<>();
      map.forEach((k, v) -> typed.put((String) k, v));
      return new Members(typed);
    }
  }
}
