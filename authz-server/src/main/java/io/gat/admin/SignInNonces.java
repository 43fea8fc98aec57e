package io.gat.admin;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Nonces for sign-ins: each was made by this process, ends after ten minutes, and is good once. So
 * an ID token that was made for something else, or that somebody has overheard, signs nobody in.
 *
 * <p>A nonce carries its own end and proof (HMAC-SHA-256 with a key that ends with the process), so
 * that asking for many costs no memory; only those that were used are kept until they end.
 */
final class SignInNonces {
  /** How long one is good. */
  static final Duration LIFE = Duration.ofMinutes(10);

  private static final int RANDOM_BYTES = 16;
  private static final int HEAD = Long.BYTES + RANDOM_BYTES;
  private static final int PROOF_BYTES = 16;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final byte[] key = new byte[32];
  private final Map<String, Instant> used = new ConcurrentHashMap<>();

  SignInNonces(InstantSource clock) {
    this.clock = clock;
    random.nextBytes(key);
  }

  /** A new one: 54 characters of base64url. */
  String make() {
    byte[] nonce = new byte[RANDOM_BYTES];
    random.nextBytes(nonce);
    byte[] head =
        ByteBuffer.allocate(HEAD)
            .putLong(clock.instant().plus(LIFE).getEpochSecond())
            .put(nonce)
            .array();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(ByteBuffer.allocate(HEAD + PROOF_BYTES).put(head).put(proof(head)).array());
  }

  /** True where it is one of ours, still good and never used; using it does not yet end it. */
  boolean isGood(String nonce) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(nonce);
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (bytes.length != HEAD + PROOF_BYTES
        || !MessageDigest.isEqual(
            proof(Arrays.copyOf(bytes, HEAD)), Arrays.copyOfRange(bytes, HEAD, bytes.length))) {
      return false;
    }
    Instant end = Instant.ofEpochSecond(ByteBuffer.wrap(bytes).getLong());
    return clock.instant().isBefore(end) && !used.containsKey(canonical(bytes));
  }

  /** Ends a good one; false where somebody was faster. */
  boolean use(String nonce) {
    Instant now = clock.instant();
    used.values().removeIf(end -> !now.isBefore(end));
    return isGood(nonce)
        && used.putIfAbsent(canonical(Base64.getUrlDecoder().decode(nonce)), now.plus(LIFE))
            == null;
  }

  /** The last character of base64 may say the same in several ways. */
  private static String canonical(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] proof(byte[] head) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Arrays.copyOf(mac.doFinal(head), PROOF_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
