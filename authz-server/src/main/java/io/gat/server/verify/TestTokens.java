package io.gat.server.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.keys.VerificationKey;
import io.gat.policy.Credential;
import io.gat.policy.verify.TestToken;
import io.gat.policy.verify.TokenFlaw;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs the tokens of policy tests, flaws included, with keys that live in memory only. */
final class TestTokens {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration BEYOND = Duration.ofMinutes(1);
  private static final Duration TOO_LONG = Duration.ofMinutes(16);
  private static final String ANOTHER_AUDIENCE = "another-audience.invalid";

  /** The SHA-256 of no certificate. */
  private static final String NO_THUMBPRINT = "A".repeat(43);

  private final CryptoProvider crypto;
  private @Nullable Keys keys;

  TestTokens(CryptoProvider crypto) {
    this.crypto = crypto;
  }

  /**
   * The keys.
   *
   * @param trusted the issuer's own
   * @param unknown one of the same algorithm that nobody trusts
   * @param otherAlgorithm one whose algorithm nobody accepts
   */
  private record Keys(
      SigningKey trusted,
      VerificationKey verification,
      SigningKey unknown,
      SigningKey otherAlgorithm) {}

  /** Made when they are first needed: a policy without tests costs no key. */
  private synchronized Keys keys() {
    Keys made = keys;
    if (made == null) {
      SigningKey trusted = SigningKey.generate(Algorithm.ES256, crypto);
      made =
          new Keys(
              trusted,
              trusted.verificationKey(),
              SigningKey.generate(Algorithm.ES256, crypto),
              SigningKey.generate(Algorithm.ES384, crypto));
      keys = made;
    }
    return made;
  }

  /** The key by which the issuer's tokens are verified. */
  VerificationKey trusted() {
    return keys().verification();
  }

  /** The token as it is sent. */
  String sign(TestToken token, Credential place, Instant now) {
    TokenFlaw flaw = token.flaw().orElse(null);
    Map<String, Object> claims = claims(token, flaw, now);
    SigningKey key =
        switch (flaw) {
          case UNKNOWN_KEY -> keys().unknown();
          case ALG_NOT_ALLOWED -> keys().otherAlgorithm();
          case null, default -> keys().trusted();
        };
    String compact = key.sign(json(claims), type(token, place, flaw));
    return switch (flaw) {
      case MALFORMED_TOKEN -> compact.substring(0, compact.lastIndexOf('.'));
      case BAD_SIGNATURE -> changed(compact, claims);
      case null, default -> compact;
    };
  }

  private static String type(TestToken token, Credential place, @Nullable TokenFlaw flaw) {
    if (flaw == TokenFlaw.WRONG_TYPE) {
      return "jwt";
    }
    if (!token.type().isEmpty()) {
      return token.type();
    }
    return switch (place) {
      case BEARER -> "at+jwt";
      case TXN_TOKEN -> "txntoken+jwt";
    };
  }

  private static Map<String, Object> claims(
      TestToken token, @Nullable TokenFlaw flaw, Instant now) {
    Duration ttl = flaw == TokenFlaw.LIFETIME_TOO_LONG ? TOO_LONG : token.ttl();
    Duration age = flaw == TokenFlaw.EXPIRED ? ttl.plus(BEYOND) : token.age();
    Instant issued = now.minus(age);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", token.issuer());
    claims.put("sub", token.subject());
    claims.put("aud", audience(token, flaw));
    claims.put("exp", numericDate(issued.plus(ttl)));
    claims.put("iat", numericDate(issued));
    claims.put("jti", token.id());
    claims.put("client_id", token.client());
    claims.put("scope", String.join(" ", token.scopes()));
    claims.put("txn", token.txn());
    claims.putAll(token.claims());
    token.without().forEach(claims::remove);
    if (flaw == TokenFlaw.MISSING_CLAIM) {
      claims.remove("sub");
    }
    if (flaw == TokenFlaw.NOT_YET_VALID) {
      claims.put("nbf", numericDate(now.plus(BEYOND)));
    }
    if (flaw == TokenFlaw.BINDING_MISMATCH) {
      claims.put("cnf", Map.of("x5t#S256", NO_THUMBPRINT));
    }
    return claims;
  }

  private static Object audience(TestToken token, @Nullable TokenFlaw flaw) {
    if (flaw == TokenFlaw.WRONG_AUDIENCE) {
      return ANOTHER_AUDIENCE;
    }
    return token.audiences().size() == 1 ? token.audiences().getFirst() : token.audiences();
  }

  /** RFC 7519, section 2: seconds, with a fraction where there is one. */
  private static Object numericDate(Instant time) {
    return time.getNano() == 0
        ? (Object) time.getEpochSecond()
        : BigDecimal.valueOf(time.toEpochMilli(), 3);
  }

  /** Other claims under the same signature. */
  private static String changed(String compact, Map<String, Object> claims) {
    Map<String, Object> other = new LinkedHashMap<>(claims);
    other.put("changed", true);
    String payload =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json(other).getBytes(StandardCharsets.UTF_8));
    return compact.substring(0, compact.indexOf('.') + 1)
        + payload
        + compact.substring(compact.lastIndexOf('.'));
  }

  private static String json(Map<String, Object> claims) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator((Writer) text)) {
      write(claims, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    switch (value) {
      case String text -> json.writeString(text);
      case Boolean flag -> json.writeBoolean(flag);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case BigDecimal number -> json.writeNumber(number);
      case List<?> items -> {
        json.writeStartArray();
        for (Object item : items) {
          write(item, json);
        }
        json.writeEndArray();
      }
      case Map<?, ?> members -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> member : members.entrySet()) {
          json.writeFieldName(String.valueOf(member.getKey()));
          write(member.getValue(), json);
        }
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException("not JSON: " + value.getClass());
    }
  }
}
