package io.gat.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All revocations in force, immutable. A lookup costs a few hash look-ups whatever the set's size.
 */
public final class RevocationSet {
  private static final RevocationSet EMPTY = new RevocationSet(Map.of(), Duration.ZERO);

  private final Map<Revocation.Selector, List<Revocation>> bySelector;
  private final Duration leeway;

  private RevocationSet(Map<Revocation.Selector, List<Revocation>> bySelector, Duration leeway) {
    this.bySelector = bySelector;
    this.leeway = leeway;
  }

  public static RevocationSet empty() {
    return EMPTY;
  }

  /**
   * A set of these entries.
   *
   * @param leeway how much later than the entry a token may say it was issued and still be hit
   */
  public static RevocationSet of(Iterable<Revocation> entries, Duration leeway) {
    Map<Revocation.Selector, List<Revocation>> map = new HashMap<>();
    for (Revocation entry : entries) {
      map.computeIfAbsent(entry.selector(), s -> new ArrayList<>(1)).add(entry);
    }
    map.replaceAll((selector, list) -> List.copyOf(list));
    return new RevocationSet(map, leeway);
  }

  /** True where an entry hits this token. */
  public boolean revokes(Revocable token) {
    if (bySelector.isEmpty()) {
      return false;
    }
    return hits(new Revocation.Selector.ByTokenId(token.tokenId()), token)
        || (!token.jti().isEmpty() && hits(new Revocation.Selector.ByJti(token.jti()), token))
        || (!token.subject().isEmpty()
            && hits(new Revocation.Selector.BySubject(token.subject()), token))
        || (!token.client().isEmpty()
            && hits(new Revocation.Selector.ByClient(token.client()), token))
        || (!token.kid().isEmpty() && hits(new Revocation.Selector.ByKid(token.kid()), token))
        || hits(new Revocation.Selector.Everything(), token)
        || anyAudienceHits(token);
  }

  private boolean anyAudienceHits(Revocable token) {
    for (String audience : token.audiences()) {
      if (hits(new Revocation.Selector.ByAudience(audience), token)) {
        return true;
      }
    }
    return false;
  }

  private boolean hits(Revocation.Selector selector, Revocable token) {
    List<Revocation> entries = bySelector.get(selector);
    if (entries == null) {
      return false;
    }
    for (Revocation entry : entries) {
      String issuer = entry.issuer();
      if ((issuer == null || issuer.equals(token.issuer())) && reaches(entry, token.issuedAt())) {
        return true;
      }
    }
    return false;
  }

  private boolean reaches(Revocation entry, Instant issuedAt) {
    return switch (entry.reach()) {
      case ALL -> true;
      case ISSUED_BEFORE -> !issuedAt.isAfter(entry.revokedAt().plus(leeway));
    };
  }
}
