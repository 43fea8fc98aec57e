package io.gat.issue.grant;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.token.SignedToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The endpoint's answers as JSON. */
public final class GrantJson {
  private static final JsonFactory JSON = new JsonFactory();

  /** What introspection says of a token beside what it always says, where the token has it. */
  private static final List<String> TOLD = List.of("txn", "act", "cnf", "tags", "nbf");

  private GrantJson() {}

  /** RFC 6749, section 5.1; RFC 8693, section 2.2.1. What was granted is always said. */
  public static String of(Reply.Granted granted) {
    return write(
        json -> {
          json.writeStringField("access_token", granted.token().compact());
          if (!granted.issuedType().isEmpty()) {
            json.writeStringField("issued_token_type", granted.issuedType());
          }
          json.writeStringField("token_type", "Bearer");
          json.writeNumberField("expires_in", granted.expiresIn().toSeconds());
          json.writeStringField("scope", String.join(" ", granted.scopes()));
        });
  }

  /**
   * RFC 6749, section 5.2, with gat's own reason.
   *
   * @param error as RFC 6749 writes it
   * @param reason a code
   */
  public static String error(String error, String reason, String description, String requestId) {
    return write(
        json -> {
          json.writeStringField("error", error);
          json.writeStringField("error_description", described(description));
          json.writeStringField("reason", reason);
          json.writeStringField("request_id", requestId);
        });
  }

  /** RFC 6749, section 5.2: only some of ASCII. */
  private static String described(String text) {
    StringBuilder described = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      described.append(c == '"' || c == '\\' ? '\'' : c < 0x20 || c > 0x7e ? '?' : c);
    }
    return described.toString();
  }

  /** RFC 7662, section 2.2: a token of which the caller may know. */
  static String active(SignedToken token) {
    return write(
        json -> {
          json.writeBooleanField("active", true);
          json.writeStringField("token_type", "Bearer");
          json.writeStringField("iss", token.issuer());
          json.writeStringField("sub", token.subject());
          json.writeFieldName("aud");
          value(
              json,
              token.audiences().size() == 1 ? token.audiences().getFirst() : token.audiences());
          json.writeStringField("client_id", token.client());
          json.writeStringField("scope", String.join(" ", token.scopes()));
          json.writeNumberField("exp", token.expiresAt().getEpochSecond());
          json.writeNumberField("iat", token.issuedAt().getEpochSecond());
          json.writeStringField("jti", token.jti());
          for (String name : TOLD) {
            Object told = token.claims().get(name);
            if (told != null) {
              json.writeFieldName(name);
              value(json, told);
            }
          }
        });
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> members -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> one : members.entrySet()) {
          json.writeFieldName(String.valueOf(one.getKey()));
          value(json, one.getValue());
        }
        json.writeEndObject();
      }
      case List<?> items -> {
        json.writeStartArray();
        for (Object item : items) {
          value(json, item);
        }
        json.writeEndArray();
      }
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean truth -> json.writeBoolean(truth);
      default -> json.writeString(value.toString());
    }
  }

  /** Writes members. */
  interface Members {
    void to(JsonGenerator json) throws IOException;
  }

  static String write(Members members) {
    StringWriter out = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      members.to(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return out.toString();
  }
}
