package io.gat.decide;

import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A verification with all that says how long it may be used again. A cache never widens: what is
 * used again is what verifying again would say.
 */
public final class CachedVerification {
  private final Verification verification;
  private final Instant judgedAt;
  private final @Nullable KeySet judgedBy;
  private final @Nullable TokenView view;

  CachedVerification(Verification verification, TrustedKeys keys, Instant now) {
    this.verification = verification;
    this.judgedAt = now;
    this.judgedBy =
        verification instanceof Verification.Rejected r ? keySet(keys, r.trust()) : null;
    this.view = verification instanceof Verification.Verified v ? new TokenView(v.token()) : null;
  }

  private static @Nullable KeySet keySet(TrustedKeys keys, Optional<TrustedIssuer> issuer) {
    return issuer.flatMap(i -> keys.of(i.issuer())).orElse(null);
  }

  Verification verification() {
    return verification;
  }

  /** What the decision reads of a verified token. */
  Optional<TokenView> view() {
    return Optional.ofNullable(view);
  }

  /** Which of a cache's bounded shares this belongs to. */
  public Share share() {
    return switch (verification) {
      case Verification.Verified v -> Share.TOKENS;
      case Verification.Rejected r -> Share.REJECTED;
      case Verification.KeysUnavailable k -> Share.NOTHING;
    };
  }

  /** When a cache need not keep this any longer; {@link Instant#MAX} where time cannot tell. */
  public Instant keepUntil() {
    return switch (verification) {
      case Verification.Verified v -> v.token().expiredFrom();
      case Verification.Rejected r -> r.until();
      case Verification.KeysUnavailable k -> Instant.MIN;
    };
  }

  /** True where verifying again now, with these keys, would say the same. */
  public boolean isUsable(Instant now, TrustedKeys keys) {
    return switch (verification) {
      case Verification.Verified v ->
          !v.token().isExpired(now)
              && !v.token().isEarly(now)
              && keys.of(v.token().trust().issuer())
                  .filter(set -> set.isTrustedAt(now) && set.contains(v.token().token().key()))
                  .filter(set -> v.token().token().key().isTrustedAt(now))
                  .isPresent();
      case Verification.Rejected r ->
          !now.isBefore(judgedAt) && now.isBefore(r.until()) && sameKeys(r, now, keys);
      case Verification.KeysUnavailable k -> false;
    };
  }

  /** A rejection that no key had a part in stands whatever the keys are. */
  private boolean sameKeys(Verification.Rejected r, Instant now, TrustedKeys keys) {
    return switch (r.flaw()) {
      case MALFORMED_TOKEN, UNKNOWN_ISSUER, ALG_NOT_ALLOWED, WRONG_TYPE -> true;
      case UNKNOWN_KEY, BAD_SIGNATURE, MISSING_CLAIM, LIFETIME_TOO_LONG, NOT_YET_VALID, EXPIRED -> {
        KeySet current = keySet(keys, r.trust());
        yield current != null && current.equals(judgedBy) && current.isTrustedAt(now);
      }
    };
  }

  /** The bounded parts of a cache: a flood of bad tokens cannot evict good ones. */
  public enum Share {
    TOKENS,
    REJECTED,
    /** Not cached: errors never are. */
    NOTHING
  }
}
