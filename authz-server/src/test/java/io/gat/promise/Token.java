package io.gat.promise;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * A token that the issuer has minted.
 *
 * @param service which of the world's services it is for
 * @param sent when the issuer was asked for it, by {@link System#nanoTime}
 * @param answered when its answer was read
 */
record Token(
    String compact,
    String tokenId,
    String jti,
    String subject,
    String client,
    int service,
    String kid,
    Instant issuedAt,
    long sent,
    long answered) {

  /** From the issuer's answer to {@code POST /v1/tokens}. */
  static Token of(JsonObject answer, int service, long sent, long answered) {
    String compact = answer.get("token").getAsString();
    String payload =
        new String(
            Base64.getUrlDecoder()
                .decode(compact.substring(compact.indexOf('.') + 1, compact.lastIndexOf('.'))),
            StandardCharsets.UTF_8);
    JsonObject claims = JsonParser.parseString(payload).getAsJsonObject();
    return new Token(
        compact,
        answer.get("token_id").getAsString(),
        claims.get("jti").getAsString(),
        claims.get("sub").getAsString(),
        claims.get("client_id").getAsString(),
        service,
        answer.get("kid").getAsString(),
        Instant.ofEpochSecond(claims.get("iat").getAsLong()),
        sent,
        answered);
  }

  String audience() {
    return World.audience(service);
  }

  /** All selectors that hit it, as {@code kind value}. */
  List<String> selectors() {
    return List.of(
        "token_id " + tokenId,
        "jti " + jti,
        "subject " + subject,
        "client " + client,
        "audience " + audience(),
        "kid " + kid,
        "everything ");
  }
}
