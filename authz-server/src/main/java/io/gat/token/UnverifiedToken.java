package io.gat.token;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text with the shape of a signed JWT (RFC 7519, section 3). Anybody may have written it: nothing
 * in it is true, and nothing of it leaves this package.
 */
final class UnverifiedToken {
  private final CompactJws jws;
  private final Map<String, Object> claims;

  private UnverifiedToken(CompactJws jws, Map<String, Object> claims) {
    this.jws = jws;
    this.claims = claims;
  }

  /** Reads a compact JWT; null where it is malformed. */
  static @Nullable UnverifiedToken read(String compact) {
    CompactJws jws = CompactJws.read(compact);
    if (jws == null) {
      return null;
    }
    try {
      return new UnverifiedToken(jws, StrictJson.object(jws.payload()));
    } catch (MalformedJsonException e) {
      return null;
    }
  }

  CompactJws jws() {
    return jws;
  }

  /** The {@code iss}; null where it is absent or no string. */
  @Nullable String issuer() {
    return claims.get("iss") instanceof String issuer ? issuer : null;
  }

  Map<String, Object> claims() {
    return claims;
  }

  /** Never what it says. */
  @Override
  public String toString() {
    return "UnverifiedToken[redacted]";
  }
}
