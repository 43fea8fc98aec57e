package io.gat.keys.life;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.JwksReader;
import io.gat.keys.KeySet;
import io.gat.keys.VerificationKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.json.JsonUtil;

/** The key set of a ring: what validators are told. */
final class PublicKeys {
  private final JwksReader reader = new JwksReader("the key ring");
  private KeyRing read = KeyRing.empty();
  private List<VerificationKey> keys = List.of();

  /**
   * The JWKS of a ring (RFC 7517, section 5): pending, active and retiring keys; a retiring one
   * with its end as {@code exp}.
   */
  static String jwks(KeyRing ring) {
    List<Map<String, Object>> keys = new ArrayList<>();
    for (KeyEntry key : ring.keys()) {
      if (key.isPublished()) {
        Map<String, Object> jwk = new LinkedHashMap<>(publicJwk(key));
        if (key.stage() instanceof Stage.Retiring retiring) {
          jwk.put("exp", retiring.ends().getEpochSecond());
        }
        keys.add(jwk);
      }
    }
    return JsonUtil.toJson(Map.of("keys", keys));
  }

  private static Map<String, Object> publicJwk(KeyEntry key) {
    try {
      return StrictJson.object(key.publicJwk());
    } catch (MalformedJsonException e) {
      throw new IllegalStateException("the ring has a key that is none: " + key.kid(), e);
    }
  }

  /**
   * The same keys for validators of this process. A ring is parsed once, since whoever verifies for
   * the issuer asks on every call; a key that has not changed is the same object again.
   */
  synchronized KeySet keySet(KeyRing ring, Instant now) {
    if (ring != read) {
      boolean none = ring.keys().stream().noneMatch(KeyEntry::isPublished);
      keys = none ? List.of() : reader.read(jwks(ring));
      read = ring;
    }
    return new KeySet(keys, now, Instant.MAX);
  }
}
