package io.gat.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The token that is asked for.
 *
 * @param audience for whom it shall be
 * @param scopes what it shall open
 * @param ttl how long it shall live, in whole seconds; empty where that is left to the issuer
 * @param tags for telemetry
 * @param attestations signed results of verifiers
 * @param approval the id of a second person's yes, empty for none
 */
public record TokenWish(
    String audience,
    List<String> scopes,
    Optional<Duration> ttl,
    Map<String, String> tags,
    List<String> attestations,
    String approval) {
  private static final JsonFactory JSON = new JsonFactory();

  public TokenWish {
    Objects.requireNonNull(audience);
    scopes = List.copyOf(scopes);
    Objects.requireNonNull(ttl);
    tags = Map.copyOf(tags);
    attestations = List.copyOf(attestations);
    Objects.requireNonNull(approval);
  }

  /** Just these scopes at this audience. */
  public static TokenWish of(String audience, List<String> scopes) {
    return new TokenWish(audience, scopes, Optional.empty(), Map.of(), List.of(), "");
  }

  /** Its fields of the form. */
  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("audience", audience);
    if (!scopes.isEmpty()) {
      fields.put("scope", String.join(" ", scopes));
    }
    ttl.ifPresent(time -> fields.put("requested_ttl", Long.toString(time.toSeconds())));
    if (!tags.isEmpty()) {
      fields.put("tags", json(tags));
    }
    if (!attestations.isEmpty()) {
      fields.put("attestation", String.join(" ", attestations));
    }
    if (!approval.isEmpty()) {
      fields.put("approval", approval);
    }
    return fields;
  }

  private static String json(Map<String, String> members) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      for (Map.Entry<String, String> member : new TreeMap<>(members).entrySet()) {
        json.writeStringField(member.getKey(), member.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }

  /** Without what is shown: results are signed. */
  @Override
  public String toString() {
    return "TokenWish[" + audience + " " + scopes + "]";
  }
}
