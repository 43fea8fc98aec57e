package io.gat.issue.caller;

import io.gat.keys.Algorithm;
import io.gat.keys.KeySet;
import io.gat.keys.VerificationKey;
import io.gat.token.AssertionKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** Somebody with an RSA key, as most foreign issuers have, who signs whatever a test wants. */
public final class Signer {
  private final String kid;
  private final KeyPair pair;
  private final VerificationKey trusted;

  public Signer(String kid) {
    this.kid = kid;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      this.pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    this.trusted =
        new VerificationKey(kid, Set.of(Algorithm.RS256, Algorithm.PS256), pair.getPublic());
  }

  /** A good token. */
  public String sign(Map<String, Object> claims) {
    return sign(Map.of("typ", "JWT"), claims);
  }

  /** RS256 by this key id, unless the header says otherwise. */
  public String sign(Map<String, Object> header, Map<String, Object> claims) {
    return sign(header, claims, "RS256", pair.getPrivate());
  }

  /** What a verifier that takes the header's word for the algorithm would believe. */
  String signWithThePublicKeyAsASecret(Map<String, Object> claims) {
    return sign(
        Map.of("typ", "JWT"),
        claims,
        "HS256",
        new SecretKeySpec(pair.getPublic().getEncoded(), "HmacSHA256"));
  }

  private String sign(
      Map<String, Object> header, Map<String, Object> claims, String algorithm, Key key) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("alg", algorithm);
    whole.put("kid", kid);
    whole.putAll(header);
    JsonWebSignature jws = new JsonWebSignature();
    whole.forEach(jws.getHeaders()::setObjectHeaderValue);
    jws.setPayload(JsonUtil.toJson(claims));
    jws.setKey(key);
    jws.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
    jws.setDoKeyValidation(false);
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  /** A token that nobody has signed. */
  static String unsigned(Map<String, Object> claims) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString(
            "{\"alg\":\"none\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + base64.encodeToString(JsonUtil.toJson(claims).getBytes(StandardCharsets.UTF_8))
        + ".";
  }

  /** Its public key as a JWKS. */
  public String jwks(String use) {
    RsaJsonWebKey key = new RsaJsonWebKey((RSAPublicKey) pair.getPublic());
    key.setKeyId(kid);
    key.setUse(use);
    return "{\"keys\":[" + key.toJson() + "]}";
  }

  /** Keys that are known and stay. */
  AssertionKeys keys() {
    return new AssertionKeys() {
      @Override
      public Optional<KeySet> current() {
        return Optional.of(set());
      }

      @Override
      public AssertionKeys.Newer refresh() {
        return AssertionKeys.Newer.NONE;
      }
    };
  }

  KeySet set() {
    return new KeySet(List.of(trusted), Instant.EPOCH, Instant.MAX);
  }

  /** Keys that nobody knows. */
  static AssertionKeys noKeys() {
    return new AssertionKeys() {
      @Override
      public Optional<KeySet> current() {
        return Optional.empty();
      }

      @Override
      public AssertionKeys.Newer refresh() {
        return AssertionKeys.Newer.NONE;
      }
    };
  }
}
