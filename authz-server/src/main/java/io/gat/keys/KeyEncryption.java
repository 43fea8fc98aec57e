package io.gat.keys;

/**
 * A key-encryption key: what makes a private key unreadable where it is kept. Its implementations
 * are in {@code io.gat.keys.wrap}. Safe to share between threads.
 */
public interface KeyEncryption extends AutoCloseable {
  /**
   * Which key-encryption key this is, 1 to 200 visible ASCII characters: kept beside what it has
   * wrapped, so that the right one is found again. It tells nothing of the key itself.
   */
  String id();

  /**
   * Encrypts and authenticates a secret.
   *
   * @param secret at most 16 KiB
   * @param binding authenticated with it: only who knows it gets the secret back
   * @return visible ASCII
   * @throws KeySourceException where the key-encryption key cannot be used now: one line with a
   *     remedy
   */
  String wrap(byte[] secret, String binding);

  /**
   * Gives back what {@link #wrap} has encrypted with the same key-encryption key and binding.
   *
   * @throws KeySourceException where that does not hold, or the key-encryption key cannot be used
   *     now: one line with a remedy
   */
  byte[] unwrap(String wrapped, String binding);

  /**
   * True where the key-encryption key has a newer version than the one that has wrapped this, so
   * that it should be wrapped again.
   */
  boolean isOutdated(String wrapped);

  @Override
  void close();
}
