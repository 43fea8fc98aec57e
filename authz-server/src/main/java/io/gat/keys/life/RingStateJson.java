package io.gat.keys.life;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.keys.life.KeyEventJson.Members;
import java.io.IOException;
import java.util.Optional;

/** A whole ring as a part of a summary's record. */
final class RingStateJson {
  private RingStateJson() {}

  static void write(JsonGenerator json, KeyRing.State ring) throws IOException {
    json.writeArrayFieldStart("keys");
    for (KeyEntry key : ring.keys()) {
      json.writeStartObject();
      KeyEventJson.key(json, key.kid(), key.algorithm().joseName(), key.publicJwk(), key.wrapped());
      json.writeStringField("published", key.published().toString());
      json.writeNumberField("position", key.position());
      json.writeStringField("lead", KeyEventJson.word(key.lead()));
      json.writeStringField("certainty", KeyEventJson.word(key.certainty()));
      json.writeObjectFieldStart("stage");
      stage(json, key.stage());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
    if (ring.canary().isPresent()) {
      json.writeObjectFieldStart("canary");
      KeyEventJson.canary(json, ring.canary().get());
      json.writeEndObject();
    }
    asked(json, "rotation", ring.rotation());
    asked(json, "urgent", ring.urgent());
  }

  private static void asked(JsonGenerator json, String name, KeyRing.Asked asked)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("position", asked.position());
    json.writeStringField("by", asked.by());
    json.writeEndObject();
  }

  private static void stage(JsonGenerator json, Stage stage) throws IOException {
    switch (stage) {
      case Stage.Pending p -> json.writeStringField("is", "pending");
      case Stage.Active a -> {
        json.writeStringField("is", "active");
        json.writeStringField("writer", a.writer());
        json.writeStringField("role", KeyEventJson.word(a.role()));
        json.writeStringField("since", a.since().toString());
        json.writeNumberField("position", a.position());
        json.writeStringField("signs_until", a.signsUntil().toString());
      }
      case Stage.Retiring r -> {
        json.writeStringField("is", "retiring");
        json.writeStringField("writer", r.writer());
        json.writeStringField("role", KeyEventJson.word(r.role()));
        json.writeStringField("since", r.since().toString());
        json.writeNumberField("position", r.position());
        json.writeStringField("at", r.at().toString());
        json.writeStringField("told_for", r.toldFor().toString());
        json.writeStringField("ends", r.ends().toString());
      }
      case Stage.Retired r -> {
        json.writeStringField("is", "retired");
        json.writeStringField("writer", r.writer());
        json.writeStringField("role", KeyEventJson.word(r.role()));
        json.writeNumberField("position", r.position());
        json.writeStringField("at", r.at().toString());
        json.writeStringField("why", KeyEventJson.word(r.why()));
      }
    }
  }

  static KeyRing.State read(Members ring) {
    return new KeyRing.State(
        ring.objects("keys").stream().map(RingStateJson::key).toList(),
        ring.has("canary")
            ? Optional.of(KeyEventJson.canary(ring.object("canary")))
            : Optional.empty(),
        asked(ring.object("rotation")),
        asked(ring.object("urgent")));
  }

  private static KeyRing.Asked asked(Members asked) {
    return new KeyRing.Asked(asked.number("position"), asked.text("by"));
  }

  private static KeyEntry key(Members key) {
    return new KeyEntry(
        key.text("kid"),
        key.algorithm("alg"),
        key.text("jwk"),
        KeyEventJson.wrapped(key),
        key.time("published"),
        key.number("position"),
        key.constant("lead", KeyEntry.Lead.class),
        key.constant("certainty", KeyEntry.Certainty.class),
        stage(key.object("stage")));
  }

  private static Stage stage(Members stage) {
    return switch (stage.text("is")) {
      case "pending" -> new Stage.Pending();
      case "active" ->
          new Stage.Active(
              stage.text("writer"),
              stage.constant("role", KeyRole.class),
              stage.time("since"),
              stage.number("position"),
              stage.time("signs_until"));
      case "retiring" ->
          new Stage.Retiring(
              stage.text("writer"),
              stage.constant("role", KeyRole.class),
              stage.time("since"),
              stage.number("position"),
              stage.time("at"),
              stage.duration("told_for"),
              stage.time("ends"));
      case "retired" ->
          new Stage.Retired(
              stage.text("writer"),
              stage.constant("role", KeyRole.class),
              stage.number("position"),
              stage.time("at"),
              stage.constant("why", Stage.Why.class));
      default -> throw new IllegalArgumentException("stage");
    };
  }
}
