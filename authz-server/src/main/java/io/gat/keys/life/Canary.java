package io.gat.keys.life;

import io.gat.keys.Algorithm;
import io.gat.keys.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.Set;

/**
 * A part of all tokens that another key signs, to see whether its readers can verify them. A token
 * is picked by its audience, by its principal, or by a share of all principals: one principal's
 * tokens are all picked or none, so that a caller sees one algorithm; and who is picked at 5 % is
 * picked at 50 %.
 *
 * @param id random, the same while it is widened: who is picked depends on it
 * @param algorithm of its keys, every one but HS256; may be the usual one
 * @param percent of the principals, in [0, 100]
 * @param audiences whose tokens are picked, at most 100
 * @param principals whose tokens are picked, at most 100
 */
public record Canary(
    String id, Algorithm algorithm, int percent, Set<String> audiences, Set<String> principals) {
  private static final int MOST = 100;
  private static final int MAX_TEXT = 512;

  public Canary {
    Objects.requireNonNull(id);
    if (algorithm.family() == Algorithm.Family.SECRET) {
      throw new IllegalArgumentException("algorithm: a shared secret has no public key");
    }
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("percent: is not from 0 to 100");
    }
    audiences = bounded("audiences", audiences);
    principals = bounded("principals", principals);
    if (percent == 0 && audiences.isEmpty() && principals.isEmpty()) {
      throw new IllegalArgumentException(
          "canary: picks nothing; give a percentage, an audience or a principal");
    }
  }

  private static Set<String> bounded(String what, Set<String> texts) {
    if (texts.size() > MOST) {
      throw new IllegalArgumentException(what + ": more than " + MOST);
    }
    if (texts.stream().anyMatch(t -> t.isBlank() || t.length() > MAX_TEXT)) {
      throw new IllegalArgumentException(what + ": each has 1 to " + MAX_TEXT + " characters");
    }
    return Set.copyOf(texts);
  }

  /** True where its key is to sign this token. */
  boolean picks(TokenSigner.Facts token) {
    return audiences.contains(token.audience())
        || principals.contains(token.principal())
        || (percent > 0 && share(token.principal()) < percent);
  }

  /** Where in [0, 100) a principal stands. */
  private double share(String principal) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((id + "\n" + principal).getBytes(StandardCharsets.UTF_8));
      int first = (hash[0] & 0xff) << 16 | (hash[1] & 0xff) << 8 | (hash[2] & 0xff);
      return first * 100.0 / (1 << 24);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
