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
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Nonces for sign-ins: each was made by this process, ends after ten minutes, and is good once. So
 * an ID token that was made for something else, or that somebody has overheard, signs nobody in.
 *
 * <p>A nonce carries its own end and proof (HMAC-SHA-256 with a key that ends with the process), so
 * that asking for many costs no memory; only those that were used are kept until they end. Another
 * process of the same issuer knows none of them: a sign-in begins and ends at the same one.
 *
 * <p>All is judged by the latest time that was ever seen, so that a clock that is set forward and
 * back makes no used nonce good again; until it has caught up, nonces live longer.
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
  private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.EPOCH);

  SignInNonces(InstantSource clock) {
    this.clock = clock;
    random.nextBytes(key);
  }

  /** A new one: 54 characters of base64url. */
  String make() {
    byte[] nonce = new byte[RANDOM_BYTES];
    random.nextBytes(nonce);
    byte[] head =
        ByteBuffer.allocate(HEAD).putLong(now().plus(LIFE).getEpochSecond()).put(nonce).array();
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
    return now().isBefore(end(bytes)) && !used.containsKey(canonical(bytes));
  }

  /** Ends a good one; false where somebody was faster. */
  boolean use(String nonce) {
    Instant now = now();
    used.values().removeIf(end -> !now.isBefore(end));
    if (!isGood(nonce)) {
      return false;
    }
    byte[] bytes = Base64.getUrlDecoder().decode(nonce);
    return used.putIfAbsent(canonical(bytes), end(bytes)) == null;
  }

  private Instant now() {
    return latest.accumulateAndGet(clock.instant(), (a, b) -> a.isAfter(b) ? a : b);
  }

  private static Instant end(byte[] nonce) {
    return Instant.ofEpochSecond(ByteBuffer.wrap(nonce).getLong());
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
