package io.gat.config;

import io.gat.keys.Algorithm;
import io.gat.token.TrustedIssuer;
import java.util.Objects;

/**
 * One issuer whose tokens are accepted, and where its keys are.
 *
 * @param terms what a token of it must be like
 * @param keys a secret file exactly where the algorithm is HS256
 */
public record TrustConfig(TrustedIssuer terms, KeysConfig keys) {
  public TrustConfig {
    Objects.requireNonNull(terms);
    boolean mac = terms.algorithms().contains(Algorithm.HS256);
    if (mac && terms.algorithms().size() > 1) {
      throw new IllegalArgumentException("HS256 stands alone");
    }
    if (mac != keys instanceof KeysConfig.SecretFile) {
      throw new IllegalArgumentException("HS256 and a secret file go together");
    }
  }
}
