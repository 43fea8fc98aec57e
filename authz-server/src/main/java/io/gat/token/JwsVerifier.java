package io.gat.token;

import io.gat.keys.Algorithm;
import io.gat.keys.KeySet;
import io.gat.keys.Signatures;
import io.gat.keys.VerificationKey;
import java.util.Objects;
import java.util.Optional;

/** Finds the key that signed a JWS (RFC 7515, section 5.2). */
final class JwsVerifier {
  private final Signatures signatures;

  JwsVerifier(Signatures signatures) {
    this.signatures = Objects.requireNonNull(signatures);
  }

  /** Who signed, or why it is nobody who is trusted. */
  sealed interface Outcome {
    record SignedBy(VerificationKey key) implements Outcome {}

    record Refused(Flaw flaw) implements Outcome {}
  }

  /**
   * Checks the signature with the one key of the set that fits.
   *
   * @param algorithm what the JWS says it was signed with, and its issuer may sign with
   */
  Outcome verify(CompactJws jws, Algorithm algorithm, KeySet keys) {
    Optional<VerificationKey> key = keys.find(jws.kid(), algorithm);
    if (key.isEmpty()) {
      return new Outcome.Refused(Flaw.UNKNOWN_KEY);
    }
    return signatures.verify(algorithm, key.get(), jws.signedInput(), jws.signature())
        ? new Outcome.SignedBy(key.get())
        : new Outcome.Refused(Flaw.BAD_SIGNATURE);
  }
}
