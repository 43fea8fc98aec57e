package io.gat.keys;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the key sets of one source, one after the other (RFC 7517, section 5).
 *
 * <p>It remembers the last set: a key that has not changed is the same {@link VerificationKey}
 * again, so that tokens that it verified stay verified. A key's {@code exp} (OpenID Federation 1.0,
 * section 8.7) is its end: no token that it has signed is accepted from then on. Keys that gat
 * cannot use are left out with a line in the log. Not safe to share between threads.
 */
public final class JwksReader {
  /** The biggest JWKS that is looked at, in bytes. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int MAX_KID_LENGTH = 256;
  private static final long LAST_SECOND = Instant.MAX.getEpochSecond();
  private static final Set<String> PRIVATE_MEMBERS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth");
  private static final System.Logger LOG = System.getLogger(JwksReader.class.getName());

  private final String origin;
  private final KeyUse use;
  private Map<String, VerificationKey> known = Map.of();

  /**
   * A reader.
   *
   * @param origin the file or URL, for messages
   */
  public JwksReader(String origin) {
    this(origin, KeyUse.SIGNATURE);
  }

  /**
   * A reader of keys for one use; the others of the set are left out.
   *
   * @param origin the file or URL, for messages
   */
  public JwksReader(String origin, KeyUse use) {
    this.origin = origin;
    this.use = use;
  }

  /**
   * Reads a set; at least one key.
   *
   * @throws KeySourceException where it is no JWKS, holds a private key, or no key of use
   */
  public List<VerificationKey> read(byte[] utf8) {
    if (utf8.length > MAX_BYTES) {
      throw new KeySourceException(origin + ": more than 1 MiB; a key set (JWKS) is far smaller");
    }
    try {
      return read(StrictJson.object(utf8));
    } catch (MalformedJsonException e) {
      throw notJson(e);
    }
  }

  /** Reads a set like {@link #read(byte[])}, from text whose size its source has bounded. */
  public List<VerificationKey> read(String text) {
    try {
      return read(StrictJson.object(text));
    } catch (MalformedJsonException e) {
      throw notJson(e);
    }
  }

  private List<VerificationKey> read(Map<String, Object> jwks) {
    if (!(jwks.get("keys") instanceof List<?> list)) {
      throw new KeySourceException(
          origin + ": not a key set; write a JWKS: {\"keys\": [{\"kty\": …}, …]}");
    }
    Map<String, VerificationKey> found = new LinkedHashMap<>();
    int index = 0;
    for (Object entry : list) {
      read(entry, "keys[" + index++ + "]", found);
    }
    dropAmbiguous(found);
    if (found.isEmpty()) {
      throw new KeySourceException(
          origin
              + ": no key that gat can use; it takes EC P-256 and P-384, OKP Ed25519, and RSA of"
              + " 2048 bits or more, with "
              + (use == KeyUse.SIGNATURE ? "\"use\": \"sig\" or none" : "\"use\": \"jwt-svid\""));
    }
    known = Map.copyOf(found);
    return List.copyOf(found.values());
  }

  private KeySourceException notJson(MalformedJsonException e) {
    return new KeySourceException(
        origin + ": " + e.getMessage() + "; write a JWKS: {\"keys\": [{\"kty\": …}, …]}");
  }

  private void read(Object entry, String where, Map<String, VerificationKey> found) {
    if (!(entry instanceof Map<?, ?> map)) {
      skip(where, "not an object");
      return;
    }
    Map<String, Object> jwk = new HashMap<>();
    map.forEach((name, value) -> jwk.put((String) name, value));
    for (String member : PRIVATE_MEMBERS) {
      if (jwk.containsKey(member)) {
        throw new KeySourceException(
            origin
                + ": "
                + where
                + " is a private key; keep only its public members here, and replace the key if"
                + " others could read it");
      }
    }
    if (use == KeyUse.JWT_SVID && "x509-svid".equals(jwk.get("use"))) {
      return; // a bundle has both kinds
    }
    String unusable = unusable(jwk);
    if (unusable == null) {
      unusable = take(jwk, found);
    }
    if (unusable != null) {
      skip(where, unusable);
    }
  }

  /** Why the key is not for gat, as far as its description tells; null where it is. */
  private @Nullable String unusable(Map<String, Object> jwk) {
    if (!(jwk.get("kty") instanceof String kty)) {
      return "no kty";
    }
    if (kty.equals("oct")) {
      return "a shared secret does not belong into a key set";
    }
    if (!Set.of("EC", "OKP", "RSA").contains(kty)) {
      return "a kty that gat does not know";
    }
    Object given = jwk.get("use");
    boolean fits =
        switch (use) {
          case SIGNATURE -> given == null || given.equals("sig");
          case JWT_SVID -> "jwt-svid".equals(given);
        };
    if (!fits) {
      return use == KeyUse.SIGNATURE ? "its use is not sig" : "its use is not jwt-svid";
    }
    Object operations = jwk.get("key_ops");
    if (operations != null && !(operations instanceof List<?> l && l.contains("verify"))) {
      return "its key_ops lack verify";
    }
    Object exp = jwk.get("exp");
    if (exp != null && !(exp instanceof Long l && l >= 0 && l <= LAST_SECOND)) {
      return "its exp is no time in seconds";
    }
    Object kid = jwk.get("kid");
    if (kid != null && !(kid instanceof String s && s.length() <= MAX_KID_LENGTH)) {
      return "its kid is no string of at most 256 characters";
    }
    return null;
  }

  /** Adds the key; says why not where it cannot be used. */
  private @Nullable String take(Map<String, Object> jwk, Map<String, VerificationKey> found) {
    PublicJsonWebKey read;
    try {
      read = PublicJsonWebKey.Factory.newPublicJwk(withoutCertificates(jwk));
    } catch (JoseException | RuntimeException e) {
      return "its members are not a valid key";
    }
    Set<Algorithm> fits = algorithms(read);
    if (jwk.get("alg") instanceof String alg) {
      fits.removeIf(a -> !a.joseName().equals(alg));
    }
    if (fits.isEmpty()) {
      return "its curve, size or alg is not one of gat's, or its RSA modulus is weak";
    }
    String kid = jwk.get("kid") instanceof String s ? s : "";
    String thumbprint = read.calculateBase64urlEncodedThumbprint("SHA-256");
    Instant end = jwk.get("exp") instanceof Long l ? Instant.ofEpochSecond(l) : Instant.MAX;
    String identity = thumbprint + fits + kid;
    VerificationKey before = known.get(identity);
    PublicKey key = read.getPublicKey();
    found.put(
        identity,
        before != null && before.trustedUntil().equals(end)
            ? before
            : new VerificationKey(kid, fits, key, end));
    return null;
  }

  /** The key without its certificates: gat does not look at them, so they cannot be in the way. */
  private static Map<String, Object> withoutCertificates(Map<String, Object> jwk) {
    Map<String, Object> bare = new HashMap<>(jwk);
    bare.keySet().removeAll(Set.of("x5c", "x5u", "x5t", "x5t#S256", "alg", "use", "key_ops"));
    return bare;
  }

  static Set<Algorithm> algorithms(PublicJsonWebKey jwk) {
    Set<Algorithm> fits = EnumSet.noneOf(Algorithm.class);
    if (jwk instanceof EllipticCurveJsonWebKey ec) {
      switch (ec.getCurveName()) {
        case "P-256" -> fits.add(Algorithm.ES256);
        case "P-384" -> fits.add(Algorithm.ES384);
        default -> {}
      }
      if (!CurvePoint.isOnItsCurve(ec.getECPublicKey())) {
        fits.clear();
      }
    } else if (jwk instanceof OctetKeyPairJsonWebKey okp) {
      if (okp.getSubtype().equals(OctetKeyPairJsonWebKey.SUBTYPE_ED25519)) {
        fits.add(Algorithm.EDDSA);
      }
    } else if (jwk.getPublicKey() instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      boolean soundExponent =
          rsa.getPublicExponent().testBit(0) && rsa.getPublicExponent().bitLength() > 1;
      if (bits >= MIN_RSA_BITS
          && bits <= MAX_RSA_BITS
          && soundExponent
          && !RocaFingerprint.isIn(rsa.getModulus())) {
        fits.add(Algorithm.RS256);
        fits.add(Algorithm.PS256);
      }
    }
    return fits;
  }

  /** Two keys of one id and algorithm: a token could be either's, so neither is used. */
  private void dropAmbiguous(Map<String, VerificationKey> found) {
    Map<String, Integer> seen = new HashMap<>();
    for (VerificationKey key : found.values()) {
      for (Algorithm algorithm : Algorithm.values()) {
        if (!key.kid().isEmpty() && key.fits(algorithm)) {
          seen.merge(algorithm + " " + key.kid(), 1, Integer::sum);
        }
      }
    }
    boolean dropped =
        found
            .values()
            .removeIf(
                key -> {
                  for (Algorithm algorithm : Algorithm.values()) {
                    if (key.fits(algorithm)
                        && seen.getOrDefault(algorithm + " " + key.kid(), 0) > 1) {
                      return true;
                    }
                  }
                  return false;
                });
    if (dropped) {
      skip("keys", "different keys have the same kid and algorithm");
    }
  }

  private void skip(String where, String why) {
    LOG.log(System.Logger.Level.WARNING, "{0}: {1} is left out: {2}", origin, where, why);
  }
}
