package io.gat.token;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text with the shape of a JWS in compact form (RFC 7515, section 7.1), whatever it signs.
 *
 * <p>Of the header only {@code alg}, {@code typ} and {@code kid} are looked at. Keys and addresses
 * of keys in it ({@code jwk jku x5u x5c x5t}) are not read at all.
 *
 * @param algorithm the {@code alg} value as it was sent
 * @param type the {@code typ} in canonical form; {@code none} where there is none
 * @param kid the {@code kid}, empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // package-private, made once, compared never
record CompactJws(
    String algorithm,
    String type,
    String kid,
    byte[] payload,
    byte[] signedInput,
    byte[] signature) {
  /** The longest text that is looked at. */
  static final int MAX_LENGTH = 8192;

  private static final int MAX_KID_LENGTH = 256;

  /**
   * Header members that change what the rest of the token means: extensions that must be understood
   * (RFC 7515, section 4.1.11; gat understands none), unencoded payloads (RFC 7797), compression
   * and encryption (RFC 7516).
   */
  private static final List<String> REFUSED = List.of("crit", "b64", "zip", "enc");

  /** Reads a compact JWS; null where it is malformed. */
  static @Nullable CompactJws read(String compact) {
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
      return of(StrictJson.object(header), payload, input, signature);
    } catch (MalformedJsonException e) {
      return null;
    }
  }

  private static @Nullable CompactJws of(
      Map<String, Object> header, byte[] payload, byte[] input, byte[] signature) {
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
        : new CompactJws(algorithm, type, kid, payload, input, signature);
  }

  /** True where the payload says to be a token itself, or does not say clearly what it is. */
  private static boolean isNested(Map<String, Object> header) {
    if (!header.containsKey("cty")) {
      return false;
    }
    return !(header.get("cty") instanceof String cty)
        || TrustedIssuer.canonicalType(cty).equals("jwt");
  }

  /** Never what it says. */
  @Override
  public String toString() {
    return "CompactJws[redacted]";
  }
}
