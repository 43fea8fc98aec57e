package io.gat.cli;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.token.TokenIds;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** A token that somebody wants to look into; nothing about it is trusted. */
final class TokenInput {
  private static final int MAX_BYTES = 64 * 1024;
  private static final String ADVICE = "give a file with a token, of at most 8 KiB, or -";

  private final String compact;
  private final String header;
  private final String claims;

  private TokenInput(String compact, String header, String claims) {
    this.compact = compact;
    this.header = header;
    this.claims = claims;
  }

  /**
   * Reads a token.
   *
   * @param source a file, or {@code -} for standard input
   * @throws UnusableInput where there is no token
   */
  static TokenInput read(String source, InputStream standardInput) {
    String name = InputText.name(source);
    return of(name, compact(source, standardInput));
  }

  /**
   * A token that was read.
   *
   * @param name where from, for messages
   * @throws UnusableInput where it has no token's form
   */
  static TokenInput of(String name, String compact) {
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      throw new UnusableInput(
          name
              + ": not a signed token: it has "
              + parts.length
              + (parts.length == 1 ? " part" : " parts")
              + " between dots where there must be 3; give a compact JWT");
    }
    return new TokenInput(
        compact, part(name, "header is", parts[0]), part(name, "claims are", parts[1]));
  }

  /**
   * What stands where a token should, without scheme; it need not have a token's form.
   *
   * @throws UnusableInput where there is nothing to read
   */
  static String compact(String source, InputStream standardInput) {
    return withoutScheme(InputText.read(source, standardInput, MAX_BYTES, ADVICE));
  }

  /** The text without {@code Bearer} before it, and without white space around it. */
  static String withoutScheme(String content) {
    String text = content.strip();
    return text.regionMatches(true, 0, "Bearer ", 0, 7) ? text.substring(7).strip() : text;
  }

  private static String part(String name, String what, String part) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
      if (Json.isObject(text)) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // reported below, together with JSON that is none
    }
    throw new UnusableInput(
        name + ": not a signed token: its " + what + " not base64url of a JSON object");
  }

  /** The token as it came. */
  String compact() {
    return compact;
  }

  /** The header as JSON. */
  String header() {
    return header;
  }

  /** When it says that it ends; absent where it does not say so. */
  Optional<Instant> expiresAt() {
    try {
      return StrictJson.object(claims).get("exp") instanceof Number end
          ? Optional.of(Instant.ofEpochSecond(end.longValue()))
          : Optional.empty();
    } catch (MalformedJsonException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The id by which logs and revocations know it; absent where it has no {@code jti}. */
  Optional<String> tokenId() {
    try {
      Map<String, Object> members = StrictJson.object(claims);
      return members.get("iss") instanceof String issuer && members.get("jti") instanceof String jti
          ? Optional.of(TokenIds.of(issuer, jti))
          : Optional.empty();
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  /** The claims as JSON. */
  String claims() {
    return claims;
  }

  /** Nothing of the token. */
  @Override
  public String toString() {
    return "TokenInput[redacted]";
  }
}
