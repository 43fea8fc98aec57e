package io.gat.revocation;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entry: the tokens that it hits.
 *
 * @param selector which tokens
 * @param issuer only tokens of this issuer; null means of any
 * @param revokedAt when; a token issued until then (plus leeway) is hit, and one that the selector
 *     names by its own id whenever it was issued: an issuer's clock may have been set back
 * @param reach whether later tokens are hit too
 */
public record Revocation(
    Selector selector, @Nullable String issuer, Instant revokedAt, Reach reach) {
  public Revocation {
    Objects.requireNonNull(selector);
    Objects.requireNonNull(revokedAt);
    Objects.requireNonNull(reach);
  }

  /**
   * A time in milliseconds since 1970 as sets and feeds keep it: rounded up, so that no token is
   * spared by rounding. Both sides of a feed must round alike, or a lifted entry is not found.
   */
  public static long millis(Instant revokedAt) {
    return revokedAt.plusNanos(999_999).toEpochMilli();
  }

  /** Whether an entry hits tokens that are issued after it. */
  public enum Reach {
    ISSUED_BEFORE,
    /** {@code --block}. */
    ALL
  }

  /** Which tokens an entry is about. */
  public sealed interface Selector {
    /** One token by its {@code token_id}. */
    record ByTokenId(String tokenId) implements Selector {}

    /** One token by its {@code jti}. */
    record ByJti(String jti) implements Selector {}

    record BySubject(String subject) implements Selector {}

    record ByClient(String client) implements Selector {}

    record ByAudience(String audience) implements Selector {}

    /** All that a key has signed. */
    record ByKid(String kid) implements Selector {}

    /** Everything issued up to the entry's time. */
    record Everything() implements Selector {}
  }
}
