package io.gat.audit;

import io.gat.keys.SigningKey;
import java.util.function.Supplier;

/** Signs checkpoints with the issuer's audit key. */
@FunctionalInterface
public interface CheckpointSigner {
  /** The key that signs now; after a rotation another one. */
  Key key();

  /** With keys that are on this machine. */
  static CheckpointSigner of(Supplier<SigningKey> current) {
    return () -> {
      SigningKey key = current.get();
      return new Key() {
        @Override
        public String publicJwks() {
          return key.publicJwks();
        }

        @Override
        public String sign(String payloadJson, String typ) {
          return key.sign(payloadJson, typ);
        }
      };
    };
  }

  /** One key. */
  interface Key {
    /** A JWKS with its public half: every checkpoint carries it. */
    String publicJwks();

    /**
     * Signs a payload as a compact JWS.
     *
     * @throws RuntimeException where the key can't be used now; the checkpoint is made later
     */
    String sign(String payloadJson, String typ);
  }
}
