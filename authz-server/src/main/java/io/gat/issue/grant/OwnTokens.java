package io.gat.issue.grant;

import io.gat.issue.Revocables;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.token.Flaw;
import io.gat.token.Place;
import io.gat.token.TokenVerifier;
import io.gat.token.Verification;
import io.gat.token.VerifiedToken;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

/** Says what the issuer's own tokens are worth that it is shown. */
public final class OwnTokens {
  private final TokenVerifier verifier;
  private final String issuer;
  private final Supplier<KeySet> keys;
  private final Supplier<FeedView> revocations;

  /**
   * Tokens of one issuer.
   *
   * @param verifier trusts this issuer and no other
   * @param issuer its name
   * @param keys as they are now
   * @param revocations as they are now
   */
  public OwnTokens(
      TokenVerifier verifier,
      String issuer,
      Supplier<KeySet> keys,
      Supplier<FeedView> revocations) {
    this.verifier = Objects.requireNonNull(verifier);
    this.issuer = Objects.requireNonNull(issuer);
    this.keys = Objects.requireNonNull(keys);
    this.revocations = Objects.requireNonNull(revocations);
  }

  /** What a token is worth. */
  sealed interface Worth {
    /** It is valid, and neither it nor one that it was minted from is revoked. */
    record Valid(VerifiedToken token) implements Worth {}

    /** It is none of this issuer's. */
    record Foreign() implements Worth {}

    /**
     * It is no use.
     *
     * @param code a reason of DESIGN.md, section 8
     */
    record Worthless(String code) implements Worth {}

    /** Nobody can tell now. */
    record Unknown(String code, String why) implements Worth {}
  }

  /** Judges a compact token. */
  Worth judge(String compact, Moment now) {
    TrustedKeys trusted = TrustedKeys.none().with(issuer, keys.get());
    return switch (verifier.verify(compact, Place.AUTHORIZATION, trusted, now.wall())) {
      case Verification.Verified verified -> unlessRevoked(verified.token(), now);
      case Verification.Rejected rejected ->
          rejected.flaw() == Flaw.UNKNOWN_ISSUER || rejected.flaw() == Flaw.MALFORMED_TOKEN
              ? new Worth.Foreign()
              : new Worth.Worthless(rejected.flaw().name().toLowerCase(Locale.ROOT));
      case Verification.KeysUnavailable none ->
          new Worth.Unknown("keys_unavailable", "the issuer has no keys now");
    };
  }

  private Worth unlessRevoked(VerifiedToken token, Moment now) {
    FeedView view = revocations.get();
    if (view.revocations().revokes(Revocables.of(token.token()))) {
      return new Worth.Worthless("revoked");
    }
    return view.lease().isFresh(now)
        ? new Worth.Valid(token)
        : new Worth.Unknown("revocation_stale", "the log does not say whether it was revoked");
  }
}
