package io.gat.keys.wrap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A secret under AES-GCM (NIST SP 800-38D) as text: {@code gcm1.} and base64url of nonce, cipher
 * text and tag. Nonces are random: a key-encryption key seals some thousands of keys in its life,
 * far from the 2³² that random nonces allow.
 */
final class Sealed {
  private static final String FORM = "gcm1.";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private Sealed() {}

  static String seal(
      Cipher cipher, SecretKey key, SecureRandom random, byte[] secret, String binding)
      throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(binding.getBytes(StandardCharsets.UTF_8));
    byte[] sealed = cipher.doFinal(secret);
    return FORM
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array());
  }

  /** Throws where it is not what that key has sealed with that binding. */
  static byte[] open(Cipher cipher, SecretKey key, String text, String binding)
      throws GeneralSecurityException {
    byte[] all;
    try {
      if (!text.startsWith(FORM)) {
        throw new IllegalArgumentException("form");
      }
      all = Base64.getUrlDecoder().decode(text.substring(FORM.length()));
    } catch (IllegalArgumentException e) {
      throw new AEADBadTagException("not of this form");
    }
    if (all.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new AEADBadTagException("too short");
    }
    cipher.init(
        Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, Arrays.copyOf(all, NONCE_BYTES)));
    cipher.updateAAD(binding.getBytes(StandardCharsets.UTF_8));
    return cipher.doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
  }
}
