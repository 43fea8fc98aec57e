package io.gat.issue;

import java.time.Instant;
import java.util.Objects;

/**
 * A fresh token, and what may be told of it.
 *
 * @param compact the token itself: whoever has it can use it
 * @param tokenId DESIGN.md's {@code token_id}
 * @param kid the key that signed it
 * @param txn its transaction
 * @param issuedAt its {@code iat}
 * @param expiresAt its {@code exp}
 */
public record MintedToken(
    String compact, String tokenId, String kid, String txn, Instant issuedAt, Instant expiresAt) {
  public MintedToken {
    Objects.requireNonNull(compact);
    Objects.requireNonNull(tokenId);
    Objects.requireNonNull(kid);
    Objects.requireNonNull(txn);
    Objects.requireNonNull(issuedAt);
    Objects.requireNonNull(expiresAt);
  }

  /** Never the token itself. */
  @Override
  public String toString() {
    return "MintedToken[" + tokenId + ", expires " + expiresAt + "]";
  }
}
