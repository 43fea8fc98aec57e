package io.gat.issue;

import java.time.Instant;
import java.util.Objects;

/**
 * A fresh token, and what may be told of it.
 *
 * @param compact the token itself: whoever has it can use it
 * @param tokenId DESIGN.md's {@code token_id}
 * @param txn its transaction
 * @param expiresAt its {@code exp}
 * @param kid which key has signed it
 */
public record MintedToken(
    String compact, String tokenId, String txn, Instant expiresAt, String kid) {
  public MintedToken {
    Objects.requireNonNull(compact);
    Objects.requireNonNull(tokenId);
    Objects.requireNonNull(txn);
    Objects.requireNonNull(expiresAt);
    Objects.requireNonNull(kid);
  }

  /** Never the token itself. */
  @Override
  public String toString() {
    return "MintedToken[" + tokenId + ", expires " + expiresAt + "]";
  }
}
