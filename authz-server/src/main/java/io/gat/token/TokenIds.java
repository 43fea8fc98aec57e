package io.gat.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The {@code token_id}: base64url without padding of the first 16 bytes of SHA-256(iss ‖ 0x0A ‖
 * jti); without {@code jti}, of the signed input. It tells nothing about the token, so that it may
 * stand in logs.
 */
public final class TokenIds {
  private static final int BYTES = 16;

  private TokenIds() {}

  /** The id of the token that this issuer gave this {@code jti}. */
  public static String of(String issuer, String jti) {
    return of((issuer + "\n" + jti).getBytes(StandardCharsets.UTF_8));
  }

  /** The id of a token without {@code jti}. */
  static String of(byte[] signedInput) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(signedInput);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
