package io.gat.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.audit.AuditRecord.Content;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A statement of how far a writer's chain has come, which its audit key signs as a compact JWS of
 * type {@value #TYPE}. It is the chain's next record, and is exported: whoever has it can tell that
 * the log has lost its end.
 *
 * @param kind why it was made
 * @param sequence of the chain's last record before it; 0 where there is none
 * @param hash of that record
 * @param position where the log has it; 0 where there is none
 * @param incarnation of the log
 * @param time when it was signed, and the time of its record
 * @param events how many records of the chain up to there hold events
 * @param keys the JWKS with the public half of the key that signs
 */
record Checkpoint(
    String writer,
    Kind kind,
    long sequence,
    String hash,
    long position,
    String incarnation,
    Instant time,
    long events,
    String keys) {
  /** The header's {@code typ}. */
  static final String TYPE = "gat-checkpoint+jwt";

  private static final JsonFactory JSON = new JsonFactory();

  Checkpoint {
    Objects.requireNonNull(writer);
    Objects.requireNonNull(kind);
    Objects.requireNonNull(hash);
    Objects.requireNonNull(incarnation);
    Objects.requireNonNull(time);
    Objects.requireNonNull(keys);
  }

  /** Why one is made. */
  enum Kind {
    /** The writer begins, or goes on after it was away: every run begins with one. */
    OPEN,
    /** Enough has happened, or enough time has passed. */
    INTERVAL,
    /** The writer ends in good order: only {@link #OPEN} follows. */
    CLOSE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Of a chain as it is now. */
  static Checkpoint of(
      RecordChain chain, Kind kind, String incarnation, Instant time, String keys) {
    return new Checkpoint(
        chain.writer(),
        kind,
        chain.sequence(),
        chain.hash(),
        chain.position(),
        incarnation,
        time,
        chain.events(),
        keys);
  }

  /** What is signed. */
  String payload() {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("writer", writer);
      json.writeStringField("kind", kind.word());
      json.writeNumberField("sequence", sequence);
      json.writeStringField("hash", hash);
      json.writeNumberField("position", position);
      json.writeStringField("incarnation", incarnation);
      json.writeStringField("time", time.toString());
      json.writeNumberField("count", events);
      json.writeStringField("keys", keys);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return text.toString();
  }

  /** The only payload that a record with this checkpoint can have. */
  String recordPayload(String signed) {
    return new String(
        AuditRecordJson.write(
            new AuditRecord(
                writer, sequence + 1, hash, position, time, new Content.Signed(signed))),
        StandardCharsets.ISO_8859_1);
  }

  /** What a payload says; empty where it is no checkpoint's. */
  static Optional<Checkpoint> read(String payload) {
    try {
      Map<String, Object> members = StrictJson.object(payload);
      if (members.get("writer") instanceof String writer
          && members.get("kind") instanceof String word
          && members.get("sequence") instanceof Long sequence
          && members.get("hash") instanceof String hash
          && members.get("position") instanceof Long position
          && members.get("incarnation") instanceof String incarnation
          && members.get("time") instanceof String time
          && members.get("count") instanceof Long events
          && members.get("keys") instanceof String keys
          && sequence >= 0
          && position >= 0
          && sequence < Long.MAX_VALUE) {
        for (Kind kind : Kind.values()) {
          if (kind.word().equals(word)) {
            return Optional.of(
                new Checkpoint(
                    writer,
                    kind,
                    sequence,
                    hash,
                    position,
                    incarnation,
                    Instant.parse(time),
                    events,
                    keys));
          }
        }
      }
      return Optional.empty();
    } catch (MalformedJsonException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
