package io.gat.reference;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Signs tokens with the JDK alone: good ones, and ones with one flaw or more. */
final class RandomTokens {
  static final String ISSUER = "https://gat.example";
  static final String OTHER_ISSUER = "https://other.example";

  final KeyPair trustedEc;
  final KeyPair trustedEd;
  final KeyPair strangerEc;

  RandomTokens() {
    try {
      KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
      ec.initialize(new ECGenParameterSpec("secp256r1"));
      trustedEc = ec.generateKeyPair();
      strangerEc = ec.generateKeyPair();
      trustedEd = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A token that is good but for zero to two flaws. */
  String token(RandomGenerator random, Instant now, String audience) {
    JsonObject head = new JsonObject();
    JsonObject claims = new JsonObject();
    boolean ed = random.nextInt(4) == 0;
    head.addProperty("alg", ed ? "EdDSA" : "ES256");
    head.addProperty("typ", "at+jwt");
    head.addProperty("kid", ed ? "k2" : "k1");
    claims.addProperty("iss", ISSUER);
    claims.addProperty("sub", random.nextBoolean() ? "alice" : "bob");
    claims.addProperty("aud", audience);
    claims.addProperty("iat", now.getEpochSecond() - 10);
    claims.addProperty("exp", now.getEpochSecond() + 50);
    claims.addProperty("jti", "j" + random.nextInt(20));
    claims.addProperty("client_id", "c" + random.nextInt(3));
    claims.addProperty("scope", random.nextInt(3) > 0 ? "a:read a:write b" : "a:read");
    claims.addProperty("tenant", "t" + random.nextInt(2));
    KeyPair key = ed ? trustedEd : trustedEc;
    String compact = null;
    for (int flaws = Math.max(0, random.nextInt(5) - 2); flaws > 0; flaws--) {
      switch (random.nextInt(22)) {
        case 0 -> claims.addProperty("iss", "https://evil.example");
        case 1 -> claims.remove("iss");
        case 2 -> head.addProperty("alg", random.nextBoolean() ? "none" : "HS256");
        case 3 -> head.addProperty("typ", "JWT");
        case 4 -> head.remove("typ");
        case 5 -> head.addProperty("typ", "application/AT+JWT");
        case 6 -> head.addProperty("kid", "k9");
        case 7 -> head.remove("kid");
        case 8 -> key = strangerEc;
        case 9 -> claims.remove(random.nextBoolean() ? "sub" : "exp");
        case 10 -> claims.remove(random.nextBoolean() ? "scope" : "client_id");
        case 11 -> claims.addProperty("exp", now.getEpochSecond() + 2000);
        case 12 -> claims.addProperty("nbf", now.getEpochSecond() + 5 + random.nextInt(2));
        case 13 -> claims.addProperty("exp", now.getEpochSecond() - 5 + random.nextInt(2));
        case 14 -> claims.addProperty("aud", "elsewhere");
        case 15 -> {
          JsonArray several = new JsonArray();
          several.add(audience);
          several.add("elsewhere");
          claims.add("aud", several);
        }
        case 16 -> {
          JsonObject confirmation = new JsonObject();
          confirmation.addProperty("x5t#S256", "AAAA");
          claims.add("cnf", confirmation);
        }
        case 17 -> claims.addProperty("iat", now.getEpochSecond() - 30 + random.nextInt(2));
        case 18 -> claims.addProperty("iat", now.getEpochSecond() + 5 + random.nextInt(2));
        case 19 -> head.addProperty("crit", "exp");
        case 20 -> claims.addProperty("iss", OTHER_ISSUER);
        default -> compact = random.nextBoolean() ? "abc" : "a.b.c";
      }
    }
    if (random.nextInt(6) == 0) {
      claims.addProperty("iat", now.getEpochSecond() - 30 + random.nextInt(2));
    }
    if (random.nextInt(6) == 0) {
      head.addProperty("typ", "txntoken+jwt");
    }
    return compact != null ? compact : signed(head, claims, key);
  }

  static String signed(JsonObject head, JsonObject claims, KeyPair key) {
    String signed = encode(head.toString()) + "." + encode(claims.toString());
    try {
      Signature signer =
          Signature.getInstance(
              key.getPrivate().getAlgorithm().equals("EC")
                  ? "SHA256withECDSAinP1363Format"
                  : "Ed25519");
      signer.initSign(key.getPrivate());
      signer.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
