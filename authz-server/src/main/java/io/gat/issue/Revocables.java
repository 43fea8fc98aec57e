package io.gat.issue;

import io.gat.revocation.Revocable;
import io.gat.token.Ancestor;
import io.gat.token.SignedToken;

/** What revocations look at in tokens that the issuer is shown. */
public final class Revocables {
  private Revocables() {}

  /** Of a token, and of those that it was minted from. */
  public static Revocable of(SignedToken token) {
    return new Revocable(
        token.issuer(),
        token.tokenId(),
        token.jti(),
        token.subject(),
        token.client(),
        token.audiences(),
        token.key().kid(),
        token.issuedAt(),
        token.ancestors().stream().map(Revocables::of).toList());
  }

  /** Of a token from which another is minted. */
  static Revocable of(Ancestor one) {
    return new Revocable(
        one.issuer(),
        one.tokenId(),
        one.jti(),
        one.subject(),
        one.client(),
        one.audiences(),
        one.kid(),
        one.issuedAt());
  }
}
