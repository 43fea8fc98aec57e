package io.gat.issue;

import io.gat.issue.LiveTokens.Token;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Selector;
import io.gat.revocation.RevocationSet;
import io.gat.token.TokenIds;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a revocation would hit, if it were made: counts tokens by the same look-up that authz
 * servers make, and changes nothing. Not safe to share.
 */
public final class RevocationTrial {
  /** So many names of a kind are told; the others are counted. */
  static final int NAMES = 20;

  private final String issuer;
  private final RevocationSet tried;
  private final Revocations revocations;
  private final RevocationSet revokedByJti;
  private final Map<String, Long> byAudience = new HashMap<>();
  private final Map<String, Long> byClient = new HashMap<>();
  private long live;
  private long revokedAlready;
  private long hit;
  private Optional<Instant> oldest = Optional.empty();
  private Optional<Instant> newest = Optional.empty();
  private Optional<Instant> lastEnd = Optional.empty();

  /**
   * A trial.
   *
   * @param issuer whose tokens will be shown to it
   * @param revocations those that there are
   */
  public RevocationTrial(Revocation revocation, String issuer, Revocations revocations) {
    this.issuer = Objects.requireNonNull(issuer);
    this.revocations = Objects.requireNonNull(revocations);
    this.tried = RevocationSet.of(List.of(byTokenId(revocation)), revocations.leeway());
    this.revokedByJti =
        RevocationSet.of(
            revocations.inForce().stream()
                .map(RevocationChange.Added::revocation)
                .filter(entry -> entry.selector() instanceof Selector.ByJti)
                .map(this::byTokenId)
                .toList(),
            revocations.leeway());
  }

  /** The audit log has no {@code jti}, but the id that is made of it. */
  private Revocation byTokenId(Revocation revocation) {
    return revocation.selector() instanceof Selector.ByJti byJti
        ? new Revocation(
            new Selector.ByTokenId(TokenIds.of(issuer, byJti.jti())),
            revocation.issuer(),
            revocation.revokedAt(),
            revocation.reach())
        : revocation;
  }

  /** What would become of a token. */
  public enum Effect {
    SPARED,
    HIT,
    REVOKED_ALREADY
  }

  /** Shows it a live token. */
  public Effect show(Token token) {
    live++;
    if (!tried.revokes(token.revocable())) {
      return Effect.SPARED;
    }
    if (revocations.hits(token.revocable()) || revokedByJti.revokes(token.revocable())) {
      revokedAlready++;
      return Effect.REVOKED_ALREADY;
    }
    hit++;
    token.audiences().forEach(one -> byAudience.merge(one, 1L, Long::sum));
    byClient.merge(token.client(), 1L, Long::sum);
    oldest = earlier(oldest, token.issuedAt());
    newest = later(newest, token.issuedAt());
    lastEnd = later(lastEnd, token.expiresAt());
    return Effect.HIT;
  }

  private static Optional<Instant> earlier(Optional<Instant> known, Instant other) {
    return known.isPresent() && !other.isBefore(known.get()) ? known : Optional.of(other);
  }

  private static Optional<Instant> later(Optional<Instant> known, Instant other) {
    return known.isPresent() && !other.isAfter(known.get()) ? known : Optional.of(other);
  }

  /**
   * How many tokens of a name.
   *
   * @param tokens in [1, ∞)
   */
  public record Share(String name, long tokens) {
    public Share {
      Objects.requireNonNull(name);
    }
  }

  /**
   * What was found.
   *
   * @param live tokens that were shown
   * @param hit those that would be revoked, and are not yet
   * @param revokedAlready those that it would hit as well
   * @param byAudience the most frequent audiences of those hit; a token may have several
   * @param moreAudiences how many others there are
   * @param byClient the same of clients, of which a token has one
   * @param oldest the earliest {@code iat} of those hit
   * @param newest the latest
   * @param lastEnd the latest {@code exp}
   */
  public record Found(
      long live,
      long hit,
      long revokedAlready,
      List<Share> byAudience,
      int moreAudiences,
      List<Share> byClient,
      int moreClients,
      Optional<Instant> oldest,
      Optional<Instant> newest,
      Optional<Instant> lastEnd) {
    public Found {
      byAudience = List.copyOf(byAudience);
      byClient = List.copyOf(byClient);
      Objects.requireNonNull(oldest);
      Objects.requireNonNull(newest);
      Objects.requireNonNull(lastEnd);
    }
  }

  /** What it has found among the tokens that were shown. */
  public Found found() {
    return new Found(
        live,
        hit,
        revokedAlready,
        most(byAudience),
        Math.max(0, byAudience.size() - NAMES),
        most(byClient),
        Math.max(0, byClient.size() - NAMES),
        oldest,
        newest,
        lastEnd);
  }

  private static List<Share> most(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(one -> new Share(one.getKey(), one.getValue()))
        .sorted(Comparator.comparingLong(Share::tokens).reversed().thenComparing(Share::name))
        .limit(NAMES)
        .toList();
  }
}
