package io.gat.reference;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Choices read from bytes, so that a fuzzer which changes a byte changes a choice; when the bytes
 * are used up, the rest follows from them.
 */
final class BytesAsRandom implements RandomGenerator {
  private final byte[] bytes;
  private final RandomGenerator rest;
  private int at;

  BytesAsRandom(byte[] bytes) {
    this.bytes = bytes.clone();
    this.rest = RandomGeneratorFactory.of("L64X128MixRandom").create(Arrays.hashCode(bytes));
  }

  /** One byte a choice: everything here is chosen from fewer than 256 things. */
  @Override
  public int nextInt(int bound) {
    return at < bytes.length ? (bytes[at++] & 0xff) % bound : rest.nextInt(bound);
  }

  @Override
  public boolean nextBoolean() {
    return nextInt(2) == 1;
  }

  @Override
  public long nextLong() {
    return rest.nextLong();
  }
}
