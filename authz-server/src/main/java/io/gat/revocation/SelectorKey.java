package io.gat.revocation;

import io.gat.revocation.Revocation.Selector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A selector in 16 bytes: the first 128 bits of SHA-256(kind ‖ 0x0A ‖ value), as for a {@code
 * token_id}. Two selectors with the same key would take 2^64 tries to find, and the worst that they
 * do is to revoke one another.
 *
 * @param high the first 8 bytes
 * @param low the others
 */
record SelectorKey(long high, long low) implements Comparable<SelectorKey> {
  static final SelectorKey EVERYTHING = new Hash().of('*', "");

  static SelectorKey of(Selector selector) {
    return new Hash().of(selector);
  }

  /** Makes many keys with one digest. Not safe to share. */
  static final class Hash {
    private final MessageDigest sha256;

    Hash() {
      try {
        this.sha256 = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    SelectorKey of(Selector selector) {
      return switch (selector) {
        case Selector.ByTokenId s -> of('t', s.tokenId());
        case Selector.ByJti s -> of('j', s.jti());
        case Selector.BySubject s -> of('s', s.subject());
        case Selector.ByClient s -> of('c', s.client());
        case Selector.ByAudience s -> of('a', s.audience());
        case Selector.ByKid s -> of('k', s.kid());
        case Selector.Everything s -> EVERYTHING;
      };
    }

    private SelectorKey of(char kind, String value) {
      sha256.update((byte) kind);
      sha256.update((byte) '\n');
      ByteBuffer hash = ByteBuffer.wrap(sha256.digest(value.getBytes(StandardCharsets.UTF_8)));
      return new SelectorKey(hash.getLong(), hash.getLong());
    }
  }

  /** By bits: unsigned, as {@link Segment} sorts. */
  @Override
  public int compareTo(SelectorKey other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }
}
