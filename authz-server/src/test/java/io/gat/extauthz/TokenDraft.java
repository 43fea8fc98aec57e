package io.gat.extauthz;

import io.gat.keys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.json.JsonUtil;

/** A token before it is signed: good, until a test spoils it. */
final class TokenDraft {
  private final Map<String, Object> claims = new LinkedHashMap<>();
  private final long now = Instant.now().getEpochSecond();
  private SigningKey key;
  private String type = "at+jwt";
  private boolean tampered;

  TokenDraft(String issuer, SigningKey key) {
    this.key = key;
    claims.put("iss", issuer);
    claims.put("sub", "alice");
    claims.put("aud", "orders");
    claims.put("iat", now - 5);
    claims.put("exp", now + 300);
    claims.put("jti", "jti-1");
    claims.put("client_id", "checkout");
    claims.put("scope", "orders:read orders:list");
    claims.put("txn", "txn-1");
    claims.put("tenant", "t1");
  }

  TokenDraft claim(String name, Object value) {
    claims.put(name, value);
    return this;
  }

  /** A claim that is a time, so many seconds from now. */
  TokenDraft time(String name, long seconds) {
    return claim(name, now + seconds);
  }

  TokenDraft without(String name) {
    claims.remove(name);
    return this;
  }

  TokenDraft type(String value) {
    this.type = value;
    return this;
  }

  TokenDraft signedBy(SigningKey other) {
    this.key = other;
    return this;
  }

  /** Changes the claims after they were signed. */
  TokenDraft tampered() {
    this.tampered = true;
    return this;
  }

  String compact() {
    String good = key.sign(JsonUtil.toJson(claims), type);
    if (!tampered) {
      return good;
    }
    String[] parts = good.split("\\.", -1);
    Map<String, Object> changed = new LinkedHashMap<>(claims);
    changed.put("txn", "another");
    String payload =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(JsonUtil.toJson(changed).getBytes(StandardCharsets.UTF_8));
    return parts[0] + "." + payload + "." + parts[2];
  }

  /** A header line for a service that reads {@code authorization}. */
  String bearer() {
    return "authorization: Bearer " + compact();
  }
}
