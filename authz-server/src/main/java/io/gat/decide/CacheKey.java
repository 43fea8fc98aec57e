package io.gat.decide;

import io.gat.token.Place;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The identity of a verification: the SHA-256 of the whole token, and the place where it was found,
 * which decides the types that are accepted. The terms of trust are fixed for a process.
 *
 * @param a bytes 0–7 of the digest
 * @param b bytes 8–15
 * @param c bytes 16–23
 * @param d bytes 24–31
 */
public record CacheKey(long a, long b, long c, long d, Place place) {

  public static CacheKey of(String compact, Place place) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    ByteBuffer sum = ByteBuffer.wrap(digest.digest(compact.getBytes(StandardCharsets.UTF_8)));
    return new CacheKey(sum.getLong(), sum.getLong(), sum.getLong(), sum.getLong(), place);
  }

  /** The digest's own bits are as good a hash as any. */
  @Override
  public int hashCode() {
    return 31 * Long.hashCode(a) + place.hashCode();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CacheKey k
        && a == k.a
        && b == k.b
        && c == k.c
        && d == k.d
        && place == k.place;
  }
}
