package io.gat.token;

import io.gat.keys.TrustedKeys;
import java.time.Instant;

/**
 * Turns a string that anybody may have written into a {@link Verification}, in the order of
 * judgement: malformed, issuer, algorithm, type, key, signature, missing claim, lifetime,
 * not-before, expiry.
 *
 * <p>Safe to share between threads; never throws for any input; looks at nothing but its arguments.
 */
public interface TokenVerifier {
  /**
   * Verifies one compact JWS.
   *
   * @param compact the token as it was sent, without scheme
   * @param place where it was found
   */
  Verification verify(String compact, Place place, TrustedKeys keys, Instant now);
}
