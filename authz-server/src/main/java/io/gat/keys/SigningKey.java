package io.gat.keys;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/**
 * A private key that signs tokens on this machine. Its id is its thumbprint (RFC 7638), so that two
 * keys never share one. Safe to share between threads.
 */
public final class SigningKey implements TokenSigner {
  private static final int RSA_BITS = 2048;
  private static final int MAX_BYTES = 65_536;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final PublicJsonWebKey jwk;
  private final PrivateKey privateKey;
  private final Algorithm algorithm;
  private final String kid;
  private final Signatures signatures;

  private SigningKey(
      PublicJsonWebKey jwk, PrivateKey privateKey, Algorithm algorithm, CryptoProvider provider) {
    this.jwk = jwk;
    this.privateKey = privateKey;
    this.algorithm = algorithm;
    this.kid = jwk.calculateBase64urlEncodedThumbprint("SHA-256");
    this.signatures = new Signatures(provider);
    jwk.setKeyId(kid);
    jwk.setAlgorithm(algorithm.joseName());
    jwk.setUse("sig");
  }

  /**
   * Makes a new key.
   *
   * @param algorithm every one but HS256, default ES256
   */
  public static SigningKey generate(Algorithm algorithm, CryptoProvider provider) {
    try {
      PublicJsonWebKey jwk =
          switch (algorithm) {
            case ES256 -> EcJwkGenerator.generateJwk(EllipticCurves.P256);
            case ES384 -> EcJwkGenerator.generateJwk(EllipticCurves.P384);
            case EDDSA -> OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519);
            case RS256, PS256 -> RsaJwkGenerator.generateJwk(RSA_BITS);
            case HS256 ->
                throw new IllegalArgumentException(
                    "HS256 has a shared secret, no key to sign with");
          };
      return new SigningKey(jwk, jwk.getPrivateKey(), algorithm, provider);
    } catch (JoseException e) {
      throw new IllegalStateException("cannot make a key for " + algorithm.joseName(), e);
    }
  }

  /**
   * Loads the key from its file, or makes one and writes it there.
   *
   * @throws KeySourceException where the file is there but cannot be used, or cannot be written
   */
  public static SigningKey loadOrCreate(Path file, Algorithm algorithm, CryptoProvider provider) {
    if (Files.notExists(file)) {
      SigningKey made = generate(algorithm, provider);
      if (PrivateFiles.create(file, made.privateJwk().getBytes(StandardCharsets.UTF_8))) {
        return made;
      }
      // Another process was faster: its key is the one.
    }
    return load(file, provider);
  }

  /**
   * Loads the key from a private JWK in a file that only its owner may read.
   *
   * @throws KeySourceException where the file is missing, open to others, or no private JWK
   */
  public static SigningKey load(Path file, CryptoProvider provider) {
    return read(
        PrivateFiles.readPrivate(file, MAX_BYTES, "name a private JWK, or let gat make one"),
        file.toString(),
        "move the file away and gat makes a new key",
        provider);
  }

  private static SigningKey read(
      byte[] content, String origin, String remedy, CryptoProvider provider) {
    PublicJsonWebKey jwk;
    Object alg;
    try {
      Map<String, Object> members = StrictJson.object(content);
      alg = members.get("alg");
      jwk = PublicJsonWebKey.Factory.newPublicJwk(members);
    } catch (MalformedJsonException | JoseException | RuntimeException e) {
      // The exception's own message could quote the key.
      throw unusable(origin, "not a private JWK", remedy);
    }
    PrivateKey privateKey = jwk.getPrivateKey();
    if (privateKey == null) {
      throw unusable(origin, "a public key; its private members are missing", remedy);
    }
    Set<Algorithm> fits = JwksReader.algorithms(jwk);
    if (alg instanceof String name) {
      fits.removeIf(a -> !a.joseName().equals(name));
    }
    if (fits.size() != 1) {
      throw unusable(origin, "\"alg\" is missing or does not go with the key", remedy);
    }
    SigningKey key = new SigningKey(jwk, privateKey, fits.iterator().next(), provider);
    if (!key.signsWhatItVerifies()) {
      throw unusable(origin, "its private and public members are of different keys", remedy);
    }
    return key;
  }

  private static KeySourceException unusable(String origin, String what, String remedy) {
    return new KeySourceException(origin + ": " + what + "; " + remedy);
  }

  /**
   * The key as it may be kept where others read: encrypted, and bound to its id.
   *
   * @throws KeySourceException where the key-encryption key cannot be used
   */
  public String wrap(KeyEncryption kek) {
    byte[] secret = privateJwk().getBytes(StandardCharsets.UTF_8);
    try {
      return kek.wrap(secret, binding(kid));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * A key that {@link #wrap} has encrypted.
   *
   * @param kid its id
   * @throws KeySourceException where the key-encryption key cannot be used or is not the one, or
   *     another key is in there
   */
  public static SigningKey unwrap(
      String wrapped, String kid, KeyEncryption kek, CryptoProvider provider) {
    byte[] secret = kek.unwrap(wrapped, binding(kid));
    try {
      SigningKey key =
          read(
              secret,
              "signing key " + kid,
              "rotate: `gat keys rotate --now --revoke " + kid + "`",
              provider);
      if (!key.kid.equals(kid)) {
        throw new KeySourceException("signing key " + kid + ": another key is in its place");
      }
      return key;
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static String binding(String kid) {
    return "gat signing key " + kid;
  }

  private boolean signsWhatItVerifies() {
    byte[] input = BigInteger.TEN.toByteArray();
    try {
      return signatures.verify(
          algorithm, verificationKey(), input, signatures.sign(algorithm, privateKey, input));
    } catch (IllegalStateException e) {
      return false;
    }
  }

  public String kid() {
    return kid;
  }

  public Algorithm algorithm() {
    return algorithm;
  }

  /** Its public half, a new object each time. */
  public VerificationKey verificationKey() {
    return new VerificationKey(kid, Set.of(algorithm), jwk.getPublicKey());
  }

  /** A JWKS with its public half (RFC 7517, section 5). */
  public String publicJwks() {
    return JsonUtil.toJson(Map.of("keys", List.of(jwk.toParams(OutputControlLevel.PUBLIC_ONLY))));
  }

  /** Its public half as a JWK (RFC 7517, section 4), a JSON object. */
  public String publicJwk() {
    return jwk.toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  /** For its file alone, and encrypted for the log. */
  private String privateJwk() {
    return jwk.toJson(OutputControlLevel.INCLUDE_PRIVATE) + "\n";
  }

  /**
   * Signs a payload as a compact JWS.
   *
   * @param payloadJson the claims, a JSON object
   * @param typ the header's {@code typ}
   */
  public String sign(String payloadJson, String typ) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", algorithm.joseName());
    header.put("typ", typ);
    header.put("kid", kid);
    String input = encode(JsonUtil.toJson(header)) + "." + encode(payloadJson);
    byte[] signature =
        signatures.sign(algorithm, privateKey, input.getBytes(StandardCharsets.US_ASCII));
    return input + "." + BASE64URL.encodeToString(signature);
  }

  @Override
  public Signed sign(String payloadJson, String typ, Facts facts) {
    return new Signed(sign(payloadJson, typ), kid);
  }

  private static String encode(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Never the key itself. */
  @Override
  public String toString() {
    return "SigningKey[kid=" + kid + ", " + algorithm + "]";
  }
}
