package io.gat.keys.life;

import io.gat.keys.Algorithm;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The times and numbers of keys' lives. All issuers of a log should have the same.
 *
 * @param algorithm of new keys, every one but HS256, default ES256
 * @param publishLead how long a key is published before it signs: the longest that any reader keeps
 *     a key set; in [0, 24 h], default 30 min
 * @param rotateEvery how long a key signs, in (0, 365 d], default 7 d
 * @param pool how many pending keys are kept ready, in [1, 100], default 2
 * @param longestTtl how long a token may live, in (0, 24 h], default 15 min
 * @param leeway how much longer any validator may accept one, which is also how far clocks may be
 *     apart; in [0, 5 min]
 * @param promise for how long an issuer promises to sign with its key before it renews that: the
 *     time after which others retire the key of an issuer that is gone; in (0, 7 d], default 24 h
 */
public record KeyTerms(
    Algorithm algorithm,
    Duration publishLead,
    Duration rotateEvery,
    int pool,
    Duration longestTtl,
    Duration leeway,
    Duration promise) {
  private static final int MAX_POOL = 100;

  private static final Duration LONGEST_TTL = Duration.ofMinutes(15);
  private static final Duration PROMISE = Duration.ofHours(24);
  private static final Duration MOST_CACHED = Duration.ofMinutes(5);

  public KeyTerms {
    if (algorithm.family() == Algorithm.Family.SECRET) {
      throw new IllegalArgumentException("a shared secret has no public key");
    }
    if (publishLead.isNegative()
        || !rotateEvery.isPositive()
        || !longestTtl.isPositive()
        || leeway.isNegative()
        || !promise.isPositive()) {
      throw new IllegalArgumentException("a time is out of range");
    }
    if (pool < 1 || pool > MAX_POOL) {
      throw new IllegalArgumentException("a pool has 1 to " + MAX_POOL + " keys");
    }
  }

  /**
   * Terms with what nobody configures.
   *
   * @param leeway the longest of any validator
   */
  public static KeyTerms of(
      Algorithm algorithm, Duration publishLead, Duration rotateEvery, int pool, Duration leeway) {
    return new KeyTerms(algorithm, publishLead, rotateEvery, pool, LONGEST_TTL, leeway, PROMISE);
  }

  /** How long readers may keep the JWKS: so that half of the lead is left for it to spread. */
  public Duration jwksMaxAge() {
    Duration half = publishLead.dividedBy(2);
    return half.compareTo(MOST_CACHED) < 0 ? half : MOST_CACHED;
  }

  /**
   * When a key ends that stops signing, at the earliest: its last token has expired for every
   * validator, and whoever holds a key set of before has read a newer one, which tells the end.
   *
   * @param lastExpiry of all tokens that it has signed
   */
  Instant end(Instant stopped, Instant lastExpiry) {
    Instant spent = lastExpiry.plus(leeway);
    Instant told = stopped.plus(publishLead);
    return wholeSecond(spent.isAfter(told) ? spent : told);
  }

  /** The time itself or the next whole second, which can be told in a JWK. */
  static Instant wholeSecond(Instant time) {
    Instant second = time.truncatedTo(ChronoUnit.SECONDS);
    return second.equals(time) ? time : second.plusSeconds(1);
  }
}
