package io.gat.keys;

import java.security.Key;
import java.util.EnumMap;
import java.util.Map;
import javax.crypto.SecretKey;
import org.jose4j.jwa.AlgorithmFactory;
import org.jose4j.jwa.AlgorithmFactoryFactory;
import org.jose4j.jws.JsonWebSignatureAlgorithm;
import org.jose4j.lang.JoseException;

/** Computes and checks JWS signatures (RFC 7515, section 5) with jose4j's algorithms. */
public final class Signatures {
  private final Map<Algorithm, JsonWebSignatureAlgorithm> algorithms =
      new EnumMap<>(Algorithm.class);
  private final CryptoProvider provider;

  public Signatures(CryptoProvider provider) {
    this.provider = provider;
    AlgorithmFactory<JsonWebSignatureAlgorithm> factory =
        AlgorithmFactoryFactory.getInstance().getJwsAlgorithmFactory();
    for (Algorithm algorithm : Algorithm.values()) {
      try {
        algorithms.put(algorithm, factory.getAlgorithm(algorithm.joseName()));
      } catch (JoseException e) {
        throw new IllegalStateException("this Java lacks " + algorithm.joseName(), e);
      }
    }
  }

  /**
   * True where the signature over the input holds. The key has to fit: its curve, its size (RSA at
   * least 2048 bits), and a secret for a MAC, so that nobody can use a public key as a secret.
   */
  public boolean verify(
      Algorithm algorithm, VerificationKey trusted, byte[] input, byte[] signature) {
    Key key = trusted.key();
    boolean secret = key instanceof SecretKey;
    if (!trusted.fits(algorithm)
        || secret != (algorithm.family() == Algorithm.Family.SECRET)
        || !hasTheLengthOf(algorithm, signature)) {
      return false;
    }
    try {
      JsonWebSignatureAlgorithm jose = jose(algorithm);
      jose.validateVerificationKey(key);
      return jose.verifySignature(signature, key, input, provider.context());
    } catch (JoseException | RuntimeException e) {
      // A provider's way to say no to a signature or key that it cannot read.
      return false;
    }
  }

  /** Signs the input; the key is the issuer's own. */
  byte[] sign(Algorithm algorithm, Key key, byte[] input) {
    try {
      JsonWebSignatureAlgorithm jose = jose(algorithm);
      jose.validateSigningKey(key);
      return jose.sign(jose.prepareForSign(key, provider.context()), input);
    } catch (JoseException e) {
      throw new IllegalStateException("cannot sign with " + algorithm.joseName(), e);
    }
  }

  private JsonWebSignatureAlgorithm jose(Algorithm algorithm) {
    JsonWebSignatureAlgorithm found = algorithms.get(algorithm);
    if (found == null) {
      throw new IllegalStateException("no such algorithm");
    }
    return found;
  }

  /** jose4j takes shorter ECDSA signatures than RFC 7518, section 3.4, allows. */
  private static boolean hasTheLengthOf(Algorithm algorithm, byte[] signature) {
    return switch (algorithm) {
      case ES256, EDDSA -> signature.length == 64;
      case ES384 -> signature.length == 96;
      case HS256 -> signature.length == 32;
      case RS256, PS256 -> signature.length >= 256;
    };
  }
}
