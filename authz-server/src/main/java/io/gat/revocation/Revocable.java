package io.gat.revocation;

import io.gat.revocation.Revocation.Selector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What revocation selectors look at in a token. Made once per token and asked on every check. */
public final class Revocable {
  private final String issuer;
  private final Instant issuedAt;
  private final List<Selector> selectors = new ArrayList<>();
  private final List<Revocable> ancestors;
  private final int ownKeys;

  /** Made when first asked for: without revocations nobody asks. A race makes the same twice. */
  private SelectorKey @Nullable [] keys;

  /**
   * The traits of a token that was minted from no other.
   *
   * @param issuer {@code iss}
   * @param tokenId DESIGN.md's {@code token_id}
   * @param jti empty where the token has none
   * @param subject {@code sub}, empty where the token has none
   * @param client empty where the token has none
   * @param audiences {@code aud}
   * @param kid the id of the key that verified it, empty where the key has none
   * @param issuedAt {@code iat}
   */
  public Revocable(
      String issuer,
      String tokenId,
      String jti,
      String subject,
      String client,
      List<String> audiences,
      String kid,
      Instant issuedAt) {
    this(issuer, tokenId, jti, subject, client, audiences, kid, issuedAt, List.of());
  }

  /**
   * The traits of a token.
   *
   * @param ancestors of the tokens that it was minted from: it falls with each of them
   */
  public Revocable(
      String issuer,
      String tokenId,
      String jti,
      String subject,
      String client,
      List<String> audiences,
      String kid,
      Instant issuedAt,
      List<Revocable> ancestors) {
    this.ancestors = List.copyOf(ancestors);
    this.issuer = Objects.requireNonNull(issuer);
    this.issuedAt = Objects.requireNonNull(issuedAt);
    selectors.add(new Selector.ByTokenId(tokenId));
    add(jti, new Selector.ByJti(jti));
    ownKeys = selectors.size();
    selectors.add(new Selector.Everything());
    add(subject, new Selector.BySubject(subject));
    add(client, new Selector.ByClient(client));
    add(kid, new Selector.ByKid(kid));
    audiences.forEach(audience -> selectors.add(new Selector.ByAudience(audience)));
  }

  private void add(String value, Selector selector) {
    if (!value.isEmpty()) {
      selectors.add(selector);
    }
  }

  String issuer() {
    return issuer;
  }

  Instant issuedAt() {
    return issuedAt;
  }

  /** Those of its ancestors; each is hit by its own traits and time. */
  List<Revocable> ancestors() {
    return ancestors;
  }

  /** How many of {@link #keys}, the first ones, name this token and no other. */
  int ownKeys() {
    return ownKeys;
  }

  /** The keys of all selectors that would hit it. */
  SelectorKey[] keys() {
    SelectorKey[] known = keys;
    if (known == null) {
      known = selectors.stream().map(SelectorKey::of).toArray(SelectorKey[]::new);
      keys = known;
    }
    return known;
  }
}
