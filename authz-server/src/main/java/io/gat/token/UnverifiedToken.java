package io.gat.token;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text with the shape of a signed JWT (RFC 7515, section 7.1). Anybody may have written it:
 * nothing in it is true, and nothing of it leaves this package.
 *
 * <p>Of the header only {@code alg}, {@code typ} and {@code kid} are looked at. Keys and addresses
 * of keys in it ({@code jwk jku x5u x5c x5t}) are not read at all.
 */
final class UnverifiedToken {
  /** The longest token that is looked at. */
  static final int MAX_LENGTH = 8192;

  private static final int MAX_KID_LENGTH = 256;

  /**
   * Header members that change what the rest of the token means: extensions that must be understood
   * (RFC 7515, section 4.1.11; gat understands none), unencoded payloads (RFC 7797), compression
   * and encryption (RFC 7516).
   */
  private static final List<String> REFUSED = List.of("crit", "b64", "zip", "enc");

  private final String algorithm;
  private final String type;
  private final String kid;
  private final Map<String, Object> claims;
  private final byte[] signedInput;
  private final byte[] signature;

  private UnverifiedToken(
      String algorithm,
      String type,
      String kid,
      Map<String, Object> claims,
      byte[] signedInput,
      byte[] signature) {
    this.algorithm = algorithm;
    this.type = type;
    this.kid = kid;
    this.claims = claims;
    this.signedInput = signedInput;
    this.signature = signature;
  }

  /** Reads a compact JWS; null where it is malformed. */
  static @Nullable UnverifiedToken read(String compact) {
    if (compact.length() > MAX_LENGTH) {
      return null;
    }
    int first = compact.indexOf('.');
    int second = compact.indexOf('.', first + 1);
    if (first <= 0 || second < 0) {
      return null;
    }
    // A third dot is not of the alphabet, so that a JWE's five parts end here too.
    byte[] header = Base64Url.decode(compact.substring(0, first));
    byte[] payload = Base64Url.decode(compact.substring(first + 1, second));
    byte[] signature = Base64Url.decode(compact.substring(second + 1));
    if (header == null || payload == null || signature == null) {
      return null;
    }
    try {
      byte[] input = compact.substring(0, second).getBytes(StandardCharsets.US_ASCII);
      return of(StrictJson.object(header), StrictJson.object(payload), input, signature);
    } catch (MalformedJsonException e) {
      return null;
    }
  }

  private static @Nullable UnverifiedToken of(
      Map<String, Object> header, Map<String, Object> claims, byte[] input, byte[] signature) {
    for (String name : REFUSED) {
      if (header.containsKey(name)) {
        return null;
      }
    }
    if (!(header.get("alg") instanceof String algorithm)) {
      return null;
    }
    String type = TrustedTypes.ABSENT;
    if (header.containsKey("typ")) {
      if (!(header.get("typ") instanceof String given)) {
        return null;
      }
      type = TrustedTypes.read(given);
    }
    String kid = "";
    if (header.containsKey("kid")) {
      if (!(header.get("kid") instanceof String given)
          || given.isEmpty()
          || given.length() > MAX_KID_LENGTH) {
        return null;
      }
      kid = given;
    }
    return isNested(header)
        ? null
        : new UnverifiedToken(algorithm, type, kid, claims, input, signature);
  }

  /** True where the payload says to be a token itself, or does not say clearly what it is. */
  private static boolean isNested(Map<String, Object> header) {
    if (!header.containsKey("cty")) {
      return false;
    }
    return !(header.get("cty") instanceof String cty)
        || TrustedIssuer.canonicalType(cty).equals("jwt");
  }

  /** The {@code alg} value as it was sent. */
  String algorithm() {
    return algorithm;
  }

  /** The {@code typ} in canonical form; {@code none} where there is none. */
  String type() {
    return type;
  }

  /** The {@code kid}, empty where there is none. */
  String kid() {
    return kid;
  }

  /** The {@code iss}; null where it is absent or no string. */
  @Nullable String issuer() {
    return claims.get("iss") instanceof String issuer ? issuer : null;
  }

  Map<String, Object> claims() {
    return claims;
  }

  byte[] signedInput() {
    return signedInput;
  }

  byte[] signature() {
    return signature;
  }

  /** Never what it says. */
  @Override
  public String toString() {
    return "UnverifiedToken[redacted]";
  }
}
