package io.gat.issue.caller;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The SHA-256 of a generated secret, and until when it counts. A plain hash is enough for what has
 * 256 random bits: there is no dictionary of those.
 */
public final class HashedSecret {
  private static final int LENGTH = 32;

  /** What stands in the place of one that is not there: it takes as long, and fits nothing. */
  static final HashedSecret NONE = new HashedSecret("00".repeat(LENGTH), Instant.EPOCH);

  private final byte[] hash;
  private final Instant notAfter;

  /**
   * A hash.
   *
   * @param hex the SHA-256 of the whole secret's text, 64 hexadecimal digits
   * @param notAfter from when on it counts no more; {@link Instant#MAX} for never
   */
  public HashedSecret(String hex, Instant notAfter) {
    this.hash = HexFormat.of().parseHex(hex);
    this.notAfter = Objects.requireNonNull(notAfter);
    if (hash.length != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 has 64 hexadecimal digits");
    }
  }

  /** The hash of a secret's text. */
  public static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** True where it is the hash of that secret; takes the same time for each. */
  boolean isOf(byte[] hashOfSecret) {
    return MessageDigest.isEqual(hash, hashOfSecret);
  }

  /** True while it counts: now < not-after. */
  boolean countsAt(Instant now) {
    return now.isBefore(notAfter);
  }

  /** When it counts no more; {@link Instant#MAX} for never. */
  Instant notAfter() {
    return notAfter;
  }

  @Override
  public String toString() {
    return "HashedSecret[redacted]";
  }
}
