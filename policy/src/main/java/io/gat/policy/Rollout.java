package io.gat.policy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * For which share of its principals an issuance rule is enforced; for the others it is in shadow.
 *
 * <p>Who belongs to a share is fixed by the rule's name and the principal alone: it is the same on
 * every issuer and after every restart, and a wider share holds everybody that a narrower one does.
 *
 * @param basisPoints the share in hundredths of a percent, in [0, 10000]
 */
public record Rollout(int basisPoints) {
  private static final int WHOLE = 10_000;

  /** {@code enforce: shadow}. */
  public static final Rollout NOBODY = new Rollout(0);

  /** The default. */
  public static final Rollout EVERYBODY = new Rollout(WHOLE);

  public Rollout {
    if (basisPoints < 0 || basisPoints > WHOLE) {
      throw new IllegalArgumentException("a share is in [0 %, 100 %]");
    }
  }

  /** True where the rule is enforced for this principal. */
  public boolean includes(String rule, String principal) {
    return basisPoints == WHOLE || (basisPoints > 0 && place(rule, principal) < basisPoints);
  }

  /**
   * Where in [0, 10000) a principal stands in the order in which a rule reaches its principals: the
   * first eight bytes of SHA-256(rule ‖ 0x0A ‖ principal), unsigned, modulo 10000.
   */
  static int place(String rule, String principal) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256")
              .digest((rule + "\n" + principal).getBytes(StandardCharsets.UTF_8));
      return (int) Long.remainderUnsigned(ByteBuffer.wrap(sum).getLong(), WHOLE);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** As a file says it: {@code 10%}, {@code 0.25%}. */
  @Override
  public String toString() {
    String number = String.format(Locale.ROOT, "%d.%02d", basisPoints / 100, basisPoints % 100);
    return number.replaceFirst("\\.?0+$", "") + "%";
  }
}
