package io.gat.keys;

import java.time.Instant;
import java.util.Objects;

/** Signs tokens with the key that is to sign them. */
public interface TokenSigner {
  /**
   * Signs a payload as a compact JWS.
   *
   * @param payloadJson the claims, a JSON object
   * @param typ the header's {@code typ}
   * @param facts by what a key is chosen, and how long the key has to outlive
   * @throws NoSigningKeyException where no key may sign now
   */
  Signed sign(String payloadJson, String typ, Facts facts);

  /**
   * What of a token matters for its key.
   *
   * @param audience the token's
   * @param principal who asked for it, such as a SPIFFE id; empty where nobody is known
   * @param expiresAt its {@code exp}
   */
  record Facts(String audience, String principal, Instant expiresAt) {
    public Facts {
      Objects.requireNonNull(audience);
      Objects.requireNonNull(principal);
      Objects.requireNonNull(expiresAt);
    }
  }

  /**
   * A signed token.
   *
   * @param compact the token itself: whoever has it can use it
   * @param kid which key has signed it
   */
  record Signed(String compact, String kid) {
    public Signed {
      Objects.requireNonNull(compact);
      Objects.requireNonNull(kid);
    }

    /** Never the token itself. */
    @Override
    public String toString() {
      return "Signed[kid=" + kid + "]";
    }
  }
}
