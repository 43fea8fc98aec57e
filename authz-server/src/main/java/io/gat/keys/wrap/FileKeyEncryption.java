package io.gat.keys.wrap;

import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key-encryption key in a file that only its owner may read: 32 random bytes, for AES-256-GCM.
 */
public final class FileKeyEncryption implements KeyEncryption {
  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 9;
  private static final byte[] ID_OF = "gat key-encryption key".getBytes(StandardCharsets.US_ASCII);

  private final String origin;
  private final String id;
  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  private FileKeyEncryption(Path file, byte[] key) {
    this.origin = file.toString();
    this.key = new SecretKeySpec(key, "AES");
    this.id = "file:" + fingerprint(key);
  }

  /** Tells two keys apart, and tells nothing of either: a MAC of a constant. */
  private static String fingerprint(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(mac.doFinal(ID_OF), ID_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC with SHA-256", e);
    }
  }

  /**
   * The key in a file; makes one where there is none.
   *
   * @throws KeySourceException where the file is open to others, holds no such key, or cannot be
   *     written
   */
  public static FileKeyEncryption loadOrCreate(Path file) {
    if (Files.notExists(file)) {
      byte[] made = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(made);
      // Where another process was faster, its key is the one.
      boolean _ = PrivateFiles.create(file, made);
      Arrays.fill(made, (byte) 0);
    }
    return load(file);
  }

  /**
   * The key in a file.
   *
   * @throws KeySourceException where the file is missing, open to others, or holds no such key
   */
  public static FileKeyEncryption load(Path file) {
    byte[] bytes =
        PrivateFiles.readPrivate(file, KEY_BYTES, "a key-encryption key has just 32 random bytes");
    if (bytes.length != KEY_BYTES) {
      throw new KeySourceException(
          file
              + ": "
              + bytes.length
              + " bytes; a key-encryption key has just 32 random ones; restore the file from its"
              + " copy");
    }
    FileKeyEncryption loaded = new FileKeyEncryption(Objects.requireNonNull(file), bytes);
    Arrays.fill(bytes, (byte) 0);
    return loaded;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String wrap(byte[] secret, String binding) {
    try {
      return Sealed.seal(Cipher.getInstance("AES/GCM/NoPadding"), key, random, secret, binding);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  @Override
  public byte[] unwrap(String wrapped, String binding) {
    try {
      return Sealed.open(Cipher.getInstance("AES/GCM/NoPadding"), key, wrapped, binding);
    } catch (GeneralSecurityException e) {
      throw new KeySourceException(
          origin
              + ": is not the key-encryption key that has encrypted "
              + binding
              + ", or that was changed in the log; restore the file from its copy");
    }
  }

  @Override
  public boolean isOutdated(String wrapped) {
    return false;
  }

  @Override
  public void close() {}

  /** Never the key itself. */
  @Override
  public String toString() {
    return "FileKeyEncryption[" + id + "]";
  }
}
