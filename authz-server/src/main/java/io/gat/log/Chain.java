package io.gat.log;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Computes the sums that chain a topic's records: each covers its record and the sum before it, so
 * a record that was changed, or is missing in the middle, is found. 128 bits of SHA-256: a CRC
 * would find what a disk does, but two histories that differ must never end with the same sum. It
 * has no key, and so is no proof against somebody who writes to the file.
 *
 * <p>Not safe to share between threads.
 */
final class Chain {
  /** How many bytes a sum has. */
  static final int LENGTH = 16;

  private static final int HEAD = LENGTH + 1 + Long.BYTES + Long.BYTES + Integer.BYTES;

  private final MessageDigest digest;
  private final byte[] head = new byte[HEAD];
  private final ByteBuffer headBuffer = ByteBuffer.wrap(head);
  private final byte[] whole = new byte[32];

  Chain() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What stands before a topic's first record. */
  static byte[] origin() {
    return new byte[LENGTH];
  }

  /** The sum of a record. */
  byte[] sum(byte[] before, Topic topic, long position, long at, byte[] id, byte[] payload) {
    headBuffer
        .clear()
        .put(before)
        .put((byte) Tables.code(topic))
        .putLong(position)
        .putLong(at)
        .putInt(id.length);
    digest.update(head);
    digest.update(id);
    digest.update(payload);
    return finish();
  }

  /** The sum of a text on its own. */
  byte[] sum(byte[] text) {
    digest.update(text);
    return finish();
  }

  private byte[] finish() {
    try {
      digest.digest(whole, 0, whole.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 has 32 bytes", e);
    }
    return Arrays.copyOf(whole, LENGTH);
  }
}
