package io.gat.issue;

import io.gat.token.Ancestor;
import io.gat.token.Lineage;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What ties a token to its holder, to who acts with it and to the tokens that it is minted from.
 * Only the issuer writes these claims; whoever asks for a token does not choose them.
 */
public final class MintContext {
  /** Who acts (RFC 8693, section 4.1). */
  public static final String ACTOR = "act";

  /** Who may act (RFC 8693, section 4.4). */
  public static final String MAY_ACT = "may_act";

  /** To whom it is bound (RFC 7800). */
  public static final String CONFIRMATION = "cnf";

  /** The method of {@code cnf} that is a TLS certificate (RFC 8705, section 3.1). */
  public static final String CERTIFICATE = "x5t#S256";

  /** For telemetry. */
  public static final String TAGS = "tags";

  /** The names of the claims of a context, {@code parents} among them. */
  public static final Set<String> WRITTEN =
      Set.of(ACTOR, MAY_ACT, CONFIRMATION, TAGS, Lineage.CLAIM);

  private static final MintContext NONE = new MintContext(Map.of(), List.of(), Instant.MAX, null);

  private final Map<String, Object> claims;
  private final List<Ancestor> parents;
  private final Instant notAfter;
  private final @Nullable Instant issuedAt;

  private MintContext(
      Map<String, Object> claims,
      List<Ancestor> parents,
      Instant notAfter,
      @Nullable Instant issuedAt) {
    this.claims = claims;
    this.parents = parents;
    this.notAfter = notAfter;
    this.issuedAt = issuedAt;
  }

  /** That of a token that is tied to nothing. */
  public static MintContext none() {
    return NONE;
  }

  /** The same with one of the claims {@code act}, {@code may_act}, {@code cnf} and {@code tags}. */
  public MintContext with(String claim, Object json) {
    if (!WRITTEN.contains(claim) || claim.equals(Lineage.CLAIM)) {
      throw new IllegalArgumentException(claim + " is no claim of a context");
    }
    Map<String, Object> more = new HashMap<>(claims);
    more.put(claim, json);
    return new MintContext(Map.copyOf(more), parents, notAfter, issuedAt);
  }

  /** The same, bound to a TLS certificate by its thumbprint (RFC 8705, section 3.1). */
  public MintContext boundTo(String thumbprint) {
    return with(CONFIRMATION, Map.of(CERTIFICATE, thumbprint));
  }

  /**
   * The same for a token that is minted from others.
   *
   * @param ancestors the nearest first
   * @throws IllegalArgumentException where there are more than {@value Lineage#MOST}
   */
  public MintContext mintedFrom(List<Ancestor> ancestors) {
    if (ancestors.size() > Lineage.MOST) {
      throw new IllegalArgumentException("more than " + Lineage.MOST + " tokens before a token");
    }
    return new MintContext(claims, List.copyOf(ancestors), notAfter, issuedAt);
  }

  /** The same for a token that ends by then at the latest, whatever its lifetime. */
  public MintContext endingBy(Instant latest) {
    return new MintContext(
        claims, parents, latest.isBefore(notAfter) ? latest : notAfter, issuedAt);
  }

  /**
   * The same for a token that says it was issued then: it is no younger than what it is cut from.
   */
  public MintContext asOld(Instant issued) {
    return new MintContext(claims, parents, notAfter, Objects.requireNonNull(issued));
  }

  /** JSON values by claim, {@code parents} not among them. */
  Map<String, Object> claims() {
    return claims;
  }

  /** The tokens that it is minted from, the nearest first. */
  public List<Ancestor> parents() {
    return parents;
  }

  /** When it ends at the latest; {@link Instant#MAX} where only its lifetime says. */
  public Instant notAfter() {
    return notAfter;
  }

  /** Its {@code iat}; empty for now. */
  Optional<Instant> issuedAt() {
    return Optional.ofNullable(issuedAt);
  }

  @Override
  public String toString() {
    return "MintContext[" + claims.keySet() + ", " + parents.size() + " parents]";
  }
}
