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
import io.gat.token.TrustedIssuer;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Signs the tokens of policy tests, flaws included, with keys that live in memory only. */
final class TestTokens {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration BEYOND = Duration.ofMinutes(1);
  private static final String ANOTHER_AUDIENCE = "another-audience.invalid";

  /** The SHA-256 of no certificate. */
  private static final String NO_THUMBPRINT = "A".repeat(43);

  private static final List<String> TYPES = List.of("at+jwt", "jwt", "not-this+jwt");

  private final CryptoProvider crypto;
  private final Duration leeway;
  private final Duration maxLifetime;
  private @Nullable Keys keys;

  /** Tokens for a server with this leeway and longest lifetime. */
  TestTokens(CryptoProvider crypto, Duration leeway, Duration maxLifetime) {
    this.crypto = crypto;
    this.leeway = leeway;
    this.maxLifetime = maxLifetime;
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

  /**
   * The token as it is sent.
   *
   * @param issuer its issuer, by whose terms it is good but for its flaw
   */
  String sign(TestToken token, TrustedIssuer issuer, Credential place, Instant now) {
    TokenFlaw flaw = token.flaw().orElse(null);
    Map<String, Object> claims = claims(token, issuer, flaw, now);
    SigningKey key =
        switch (flaw) {
          case UNKNOWN_KEY -> keys().unknown();
          case ALG_NOT_ALLOWED -> keys().otherAlgorithm();
          case null, default -> keys().trusted();
        };
    String compact = key.sign(json(claims), type(token, issuer, place, flaw));
    return switch (flaw) {
      case MALFORMED_TOKEN -> compact.substring(0, compact.lastIndexOf('.'));
      case BAD_SIGNATURE -> changed(compact, claims);
      case null, default -> compact;
    };
  }

  private static String type(
      TestToken token, TrustedIssuer issuer, Credential place, @Nullable TokenFlaw flaw) {
    if (flaw == TokenFlaw.WRONG_TYPE) {
      return TYPES.stream()
          .skip(1)
          .filter(type -> !issuer.types().contains(type))
          .findFirst()
          .orElseThrow();
    }
    if (!token.type().isEmpty()) {
      return token.type();
    }
    return switch (place) {
      case BEARER ->
          Stream.concat(TYPES.stream(), issuer.types().stream().sorted())
              .filter(issuer.types()::contains)
              .findFirst()
              .orElseThrow();
      case TXN_TOKEN -> "txntoken+jwt";
    };
  }

  private Map<String, Object> claims(
      TestToken token, TrustedIssuer issuer, @Nullable TokenFlaw flaw, Instant now) {
    Duration ttl = flaw == TokenFlaw.LIFETIME_TOO_LONG ? maxLifetime.plus(BEYOND) : token.ttl();
    Duration age = flaw == TokenFlaw.EXPIRED ? ttl.plus(leeway).plus(BEYOND) : token.age();
    Instant issued = now.minus(age);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer.issuer());
    claims.put(called(issuer, "sub"), token.subject());
    claims.put("aud", audience(token, flaw));
    claims.put("exp", numericDate(issued.plus(ttl)));
    claims.put("iat", numericDate(issued));
    claims.put("jti", token.id());
    claims.put(called(issuer, "client_id"), token.client());
    claims.put(called(issuer, "scope"), String.join(" ", token.scopes()));
    claims.put("txn", token.txn());
    claims.putAll(token.claims());
    token.without().forEach(name -> claims.remove(called(issuer, name)));
    if (flaw == TokenFlaw.MISSING_CLAIM) {
      claims.remove(called(issuer, issuer.required().stream().findFirst().orElse("exp")));
    }
    if (flaw == TokenFlaw.NOT_YET_VALID) {
      claims.put("nbf", numericDate(now.plus(leeway).plus(BEYOND)));
    }
    if (flaw == TokenFlaw.BINDING_MISMATCH) {
      claims.put("cnf", Map.of("x5t#S256", NO_THUMBPRINT));
    }
    return claims;
  }

  /** How the issuer calls a claim. */
  private static String called(TrustedIssuer issuer, String claim) {
    return switch (claim) {
      case "sub" -> issuer.claimNames().getOrDefault("subject", claim);
      case "client_id" -> issuer.claimNames().getOrDefault("client", claim);
      case "scope" -> issuer.claimNames().getOrDefault("scope", claim);
      default -> claim;
    };
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
