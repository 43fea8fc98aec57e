package io.gat.issue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.log.Appended;
import io.gat.revocation.Revocation;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TokenVerifier;
import io.gat.token.Verification;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Revocation of a token by whoever holds it (RFC 7009). Safe to share between threads. */
public final class HolderRevocation {
  private static final Logger LOG = System.getLogger(HolderRevocation.class.getName());

  /** The longest that an authz server can be configured with. */
  private static final Duration LONGEST_LEEWAY = Duration.ofMinutes(5);

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String issuer;
  private final TokenVerifier verifier;
  private final Supplier<KeySet> keys;
  private final Revocations revocations;
  private final AuditTrail audit;
  private final InstantSource clock;

  /** Revocations that are in force, and of which the audit log may know nothing. */
  private final Set<String> unaudited = ConcurrentHashMap.newKeySet();

  /**
   * Of an issuer's own tokens.
   *
   * @param verifier trusts the issuer
   * @param keys the issuer's, as they are now
   */
  public HolderRevocation(
      String issuer,
      TokenVerifier verifier,
      Supplier<KeySet> keys,
      Revocations revocations,
      AuditTrail audit,
      InstantSource clock) {
    this.issuer = Objects.requireNonNull(issuer);
    this.verifier = Objects.requireNonNull(verifier);
    this.keys = Objects.requireNonNull(keys);
    this.revocations = Objects.requireNonNull(revocations);
    this.audit = Objects.requireNonNull(audit);
    this.clock = Objects.requireNonNull(clock);
  }

  /**
   * The holder of a token that may be valid revokes it; anything else is nobody's business.
   *
   * @param requestId the caller's or our own
   * @param traceId 32 hexadecimal digits, empty for none
   * @return true where the revocation is in force, or there was nothing to revoke; false where
   *     nobody knows
   */
  public boolean revoke(String compact, String requestId, String traceId) {
    Instant now = clock.instant();
    TrustedKeys trusted = TrustedKeys.none().with(issuer, keys.get());
    return perhapsValid(verifier.verify(compact, Place.AUTHORIZATION, trusted, now), now)
        .map(token -> revoke(token, now, requestId, traceId))
        .orElse(true);
  }

  /**
   * The token where some authz server may take it for valid: by its own clock and with its own
   * leeway it may do so before and after this issuer does.
   */
  private static Optional<SignedToken> perhapsValid(Verification verification, Instant now) {
    return switch (verification) {
      case Verification.Verified verified -> Optional.of(verified.token().token());
      case Verification.Rejected rejected ->
          switch (rejected.flaw()) {
            case NOT_YET_VALID -> rejected.signed();
            case EXPIRED ->
                rejected
                    .signed()
                    .filter(token -> now.isBefore(token.expiresAt().plus(LONGEST_LEEWAY)));
            case MALFORMED_TOKEN,
                UNKNOWN_ISSUER,
                ALG_NOT_ALLOWED,
                WRONG_TYPE,
                UNKNOWN_KEY,
                BAD_SIGNATURE,
                MISSING_CLAIM,
                LIFETIME_TOO_LONG ->
                Optional.empty();
          };
      case Verification.KeysUnavailable none -> Optional.empty();
    };
  }

  private boolean revoke(SignedToken token, Instant now, String requestId, String traceId) {
    RevocationChange.Added change =
        new RevocationChange.Added(
            revocations.newId(),
            new Revocation(
                new Revocation.Selector.ByTokenId(token.tokenId()),
                issuer,
                now,
                Revocation.Reach.ISSUED_BEFORE),
            "by its holder",
            token.subject());
    AuditEvent event = event(token, change, requestId, traceId);
    try {
      return switch (revocations.revoke(change).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        case Revocations.Outcome.Done done -> audited(event, change.id());
        // Whoever repeats it writes nothing, unless the audit log has not taken it before.
        case Revocations.Outcome.Covered covered ->
            !unaudited.contains(covered.id()) || audited(event, covered.id());
        case Revocations.Outcome.Unknown unknown -> false;
        case Revocations.Outcome.NoSuch none -> false;
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "a revocation is not acknowledged: {0}", e.toString());
      return false;
    }
  }

  private static AuditEvent event(
      SignedToken token, RevocationChange.Added change, String requestId, String traceId) {
    return AuditEvent.about(
            AuditEvent.Action.REVOKED,
            AuditEvent.Outcome.DONE,
            new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, token.subject(), token.tokenId()))
        .withReason(change.reason())
        .withSubject(token.subject())
        .withClient(token.client())
        .withTokenId(token.tokenId())
        .withAudiences(token.audiences())
        .withScopes(List.copyOf(token.scopes()))
        .withKid(token.key().kid())
        .withCall(requestId, traceId)
        .withDetail("revocation", change.id())
        .event();
  }

  private boolean audited(AuditEvent event, String revocation)
      throws InterruptedException, ExecutionException, TimeoutException {
    unaudited.add(revocation);
    boolean audited =
        audit.record(event).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS) instanceof Appended.At;
    if (audited) {
      unaudited.remove(revocation);
    }
    return audited;
  }
}
