package io.gat.keys;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * Reads a JSON document that one of a few known keys has signed: a compact JWS (RFC 7515) of one
 * type. Not for tokens, which have more rules.
 *
 * <p>Immutable.
 */
public final class SignedDocument {
  private final String type;
  private final KeySet keys;
  private final CryptoProvider provider;

  /**
   * A reader.
   *
   * @param type the header's {@code typ}, exactly
   * @param keys public keys
   */
  public SignedDocument(String type, KeySet keys, CryptoProvider provider) {
    this.type = Objects.requireNonNull(type);
    this.keys = Objects.requireNonNull(keys);
    this.provider = Objects.requireNonNull(provider);
  }

  /**
   * The public keys of a JWKS file.
   *
   * @throws KeySourceException where it cannot be read or holds none
   */
  public static List<VerificationKey> publicKeys(Path jwks) {
    return new JwksReader(jwks.toString())
        .read(PrivateFiles.readTrusted(jwks, JwksReader.MAX_BYTES, "name the signer's JWKS file"));
  }

  /**
   * The public keys of a JWKS.
   *
   * @param name what to call it in messages
   * @throws KeySourceException where it is none or holds none
   */
  public static List<VerificationKey> publicKeys(String name, byte[] jwks) {
    return new JwksReader(name).read(jwks);
  }

  /** What a document says, or why nobody may believe it. */
  public sealed interface Result {
    /** The payload, signed by a trusted key. */
    record Genuine(String payload) implements Result {}

    /** Never what the document says. */
    record Doubtful(String why) implements Result {}
  }

  /** Checks type, key and signature. */
  public Result read(String compact) {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setProviderContext(provider.context());
    jws.setAlgorithmConstraints(
        new AlgorithmConstraints(
            ConstraintType.PERMIT,
            Algorithm.ES256.joseName(),
            Algorithm.ES384.joseName(),
            Algorithm.EDDSA.joseName(),
            Algorithm.RS256.joseName(),
            Algorithm.PS256.joseName()));
    try {
      jws.setCompactSerialization(compact);
      if (!type.equals(jws.getHeader("typ"))) {
        return new Result.Doubtful("its type is not " + type);
      }
      Algorithm algorithm = Algorithm.of(jws.getAlgorithmHeaderValue()).orElse(null);
      String kid = jws.getKeyIdHeaderValue();
      VerificationKey key =
          algorithm == null ? null : keys.find(kid == null ? "" : kid, algorithm).orElse(null);
      if (key == null) {
        return new Result.Doubtful("none of the trusted keys has signed it");
      }
      jws.setKey(key.key());
      return jws.verifySignature()
          ? new Result.Genuine(jws.getPayload())
          : new Result.Doubtful("its signature does not hold");
    } catch (JoseException e) {
      return new Result.Doubtful("it is not a signed document that gat can read");
    }
  }
}
