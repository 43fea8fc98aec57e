package io.gat.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gat.keys.CryptoProvider;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The public keys that a log's checkpoints carry, each of which has signed at least one of them.
 * Taken while the log is believed, and kept elsewhere, they are what later logs are verified by.
 */
public final class CarriedKeys {
  private static final JsonFactory JSON = new JsonFactory();

  private CarriedKeys() {}

  /**
   * All of them in a JWKS (RFC 7517, section 5); without keys where there is no checkpoint.
   *
   * @throws io.gat.log.LogException where the log cannot be read
   * @throws UncheckedIOException where the export cannot be read
   */
  public static String jwks(AuditSource source, CryptoProvider crypto) {
    CheckpointTrust trust = CheckpointTrust.inWhatTheyCarry(crypto);
    Set<String> sets = new LinkedHashSet<>();
    source.read(
        (place, payload) -> {
          try {
            trust
                .read(AuditRecordJson.head(payload).checkpoint())
                .ifPresent(checkpoint -> sets.add(checkpoint.keys()));
          } catch (UnreadableRecordException e) {
            // Verification is what tells.
          }
        });
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("keys");
      for (String set : sets) {
        copy(set, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a key set that was read before", e);
    }
    return text.toString();
  }

  /** The items of the set's array {@code keys}. */
  private static void copy(String jwks, JsonGenerator json) throws IOException {
    try (JsonParser parser = JSON.createParser(jwks)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean keys = parser.currentName().equals("keys");
        if (parser.nextToken() == JsonToken.START_ARRAY && keys) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            json.copyCurrentStructure(parser);
          }
        } else {
          parser.skipChildren();
        }
      }
    }
  }
}
