package io.gat.decide;

import io.gat.policy.TokenFacts;
import io.gat.revocation.Revocable;
import io.gat.token.Ancestor;
import io.gat.token.SignedToken;
import io.gat.token.VerifiedToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a decision reads of a verified token, prepared once per token: the facts for the policy and
 * the traits for revocation.
 */
final class TokenView implements TokenFacts {
  private final VerifiedToken verified;
  private final SignedToken token;
  private final Revocable revocable;

  TokenView(VerifiedToken verified) {
    this.verified = verified;
    this.token = verified.token();
    this.revocable =
        new Revocable(
            token.issuer(),
            token.tokenId(),
            token.jti(),
            token.subject(),
            token.client(),
            token.audiences(),
            token.key().kid(),
            token.issuedAt(),
            token.ancestors().stream().map(TokenView::revocable).toList());
  }

  private static Revocable revocable(Ancestor one) {
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

  VerifiedToken verified() {
    return verified;
  }

  SignedToken token() {
    return token;
  }

  Revocable revocable() {
    return revocable;
  }

  @Override
  public String issuer() {
    return token.issuer();
  }

  @Override
  public String subject() {
    return token.subject();
  }

  @Override
  public String client() {
    return token.client();
  }

  @Override
  public List<String> audiences() {
    return token.audiences();
  }

  @Override
  public Set<String> scopes() {
    return token.scopes();
  }

  @Override
  public Instant issuedAt() {
    return token.issuedAt();
  }

  @Override
  public Instant expiresAt() {
    return token.expiresAt();
  }

  @Override
  public Map<String, Object> claims() {
    return token.claims();
  }
}
