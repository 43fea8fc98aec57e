package io.gat.token;

import io.gat.keys.VerificationKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A token whose signature holds under a trusted key of the issuer that it names. It may still be
 * expired or lack a claim: its claims may be logged, but it opens nothing.
 *
 * <p>Only {@link TokenVerifier} makes one.
 */
public final class SignedToken {
  private final String issuer;
  private final String tokenId;
  private final String jti;
  private final String subject;
  private final String client;
  private final List<String> audiences;
  private final Set<String> scopes;
  private final String txn;
  private final Instant issuedAt;
  private final Instant notBefore;
  private final Instant expiresAt;
  private final List<Ancestor> ancestors;
  private final Map<String, Object> claims;
  private final VerificationKey key;

  SignedToken(
      String issuer,
      String tokenId,
      String jti,
      String subject,
      String client,
      List<String> audiences,
      Set<String> scopes,
      String txn,
      Instant issuedAt,
      Instant notBefore,
      Instant expiresAt,
      List<Ancestor> ancestors,
      Map<String, Object> claims,
      VerificationKey key) {
    this.issuer = Objects.requireNonNull(issuer);
    this.tokenId = Objects.requireNonNull(tokenId);
    this.jti = Objects.requireNonNull(jti);
    this.subject = Objects.requireNonNull(subject);
    this.client = Objects.requireNonNull(client);
    this.audiences = List.copyOf(audiences);
    this.scopes = scopes;
    this.txn = Objects.requireNonNull(txn);
    this.issuedAt = Objects.requireNonNull(issuedAt);
    this.notBefore = Objects.requireNonNull(notBefore);
    this.expiresAt = Objects.requireNonNull(expiresAt);
    this.ancestors = List.copyOf(ancestors);
    this.claims = claims;
    this.key = Objects.requireNonNull(key);
  }

  public String issuer() {
    return issuer;
  }

  /** DESIGN.md, section 7: what telemetry calls this token. */
  public String tokenId() {
    return tokenId;
  }

  /** Empty where the token has none. */
  public String jti() {
    return jti;
  }

  /** Empty where the token has none. */
  public String subject() {
    return subject;
  }

  /** Empty where the token has none. */
  public String client() {
    return client;
  }

  public List<String> audiences() {
    return audiences;
  }

  /** In the token's order. */
  public Set<String> scopes() {
    return scopes;
  }

  /** The transaction id, empty where the token has none. */
  public String txn() {
    return txn;
  }

  /** {@code iat}; {@link Instant#EPOCH} where the token has none (then it is never valid). */
  public Instant issuedAt() {
    return issuedAt;
  }

  /** {@code nbf}; {@link Instant#EPOCH} where the token has none. */
  public Instant notBefore() {
    return notBefore;
  }

  /** {@code exp}; {@link Instant#EPOCH} where the token has none (then it is never valid). */
  public Instant expiresAt() {
    return expiresAt;
  }

  /** The tokens from which it was minted ({@code parents}), the nearest first; usually none. */
  public List<Ancestor> ancestors() {
    return ancestors;
  }

  /** All claims as JSON values: String, Long, Double, Boolean, List, Map; unmodifiable. */
  public Map<String, Object> claims() {
    return claims;
  }

  /** The key that verified it. */
  public VerificationKey key() {
    return key;
  }

  /** Only the id. */
  @Override
  public String toString() {
    return "SignedToken[" + tokenId + "]";
  }
}
