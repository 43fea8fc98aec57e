package io.gat.issue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.keys.NoSigningKeyException;
import io.gat.log.Appended;
import io.gat.revocation.Revocable;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Mints tokens none of which leaves before the audit log has it, so that every token that anybody
 * holds can be found, and revoked, by what the audit log says.
 */
public final class AuditedMinter {
  /** The detail of an audit event that is a token's {@code iat}. */
  static final String ISSUED_AT = "issued_at";

  /** The one that is its {@code exp}. */
  static final String EXPIRES_AT = "expires_at";

  /** The one that says that somebody else than this process has signed it. */
  static final String BORROWED = "borrowed";

  private final Minter minter;
  private final AuditTrail audit;
  private final Revocations revocations;
  private final String issuer;
  private final InstantSource clock;

  /**
   * A minter that records.
   *
   * @param issuer the minter's
   * @param revocations what they hit is minted for nobody (DESIGN.md, section 9)
   */
  public AuditedMinter(
      Minter minter,
      AuditTrail audit,
      String issuer,
      Revocations revocations,
      InstantSource clock) {
    this.minter = Objects.requireNonNull(minter);
    this.audit = Objects.requireNonNull(audit);
    this.issuer = Objects.requireNonNull(issuer);
    this.revocations = Objects.requireNonNull(revocations);
    this.clock = Objects.requireNonNull(clock);
  }

  /**
   * For whom and by what a token is minted.
   *
   * @param actor who gets it
   * @param rule the issuance rule that allows it, empty for none
   * @param requestId the caller's or our own, empty for none
   * @param traceId 32 hexadecimal digits, empty for none
   * @param details more of it for the audit log, at most 13
   */
  public record Cause(
      AuditEvent.Actor actor,
      String rule,
      String requestId,
      String traceId,
      Map<String, String> details) {
    /** A cause of which there is no more to say. */
    public Cause(AuditEvent.Actor actor, String rule, String requestId, String traceId) {
      this(actor, rule, requestId, traceId, Map.of());
    }

    public Cause {
      details = Map.copyOf(details);
      Objects.requireNonNull(actor);
      Objects.requireNonNull(rule);
      Objects.requireNonNull(requestId);
      Objects.requireNonNull(traceId);
    }
  }

  private static @Nullable Object confirmation(MintRequest request) {
    Object written = request.context().claims().get(MintContext.CONFIRMATION);
    return written == null ? request.claims().get(MintContext.CONFIRMATION) : written;
  }

  /**
   * The confirmation methods and what they name, as {@code x5t#S256:…} or {@code jkt:…} (RFC 7800,
   * RFC 8705, RFC 9449); of a method that holds an object, the method alone.
   */
  private static String binding(@Nullable Object confirmation) {
    if (!(confirmation instanceof Map<?, ?> methods)) {
      return "";
    }
    return methods.entrySet().stream()
        .map(m -> m.getValue() instanceof String text ? m.getKey() + ":" + text : "" + m.getKey())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** It was minted, and the audit log has it. */
    record Minted(MintedToken token) implements Outcome {}

    /** A revocation in force hits the token that was asked for; there is none. */
    record Revoked() implements Outcome {}

    /**
     * There is no token: no key may sign now, or whatever was signed has been thrown away.
     *
     * @param why a line for the operator
     */
    record Unavailable(String why) implements Outcome {}
  }

  /**
   * Mints. Whether a canary's key signs depends on the actor.
   *
   * @throws IllegalArgumentException where the token would be longer than verifiers take
   */
  public CompletableFuture<Outcome> mint(MintRequest request, Jitter jitter, Cause cause) {
    MintedToken token;
    try {
      token = minter.mint(request, jitter, cause.actor().name());
    } catch (NoSigningKeyException e) {
      return CompletableFuture.completedFuture(
          new Outcome.Unavailable(String.valueOf(e.getMessage())));
    }
    revocations.issued(token.issuedAt());
    if (isRevoked(request, token)) {
      return CompletableFuture.completedFuture(new Outcome.Revoked());
    }
    AuditEvent event =
        AuditEvent.about(AuditEvent.Action.TOKEN_ISSUED, AuditEvent.Outcome.DONE, cause.actor())
            .withSubject(request.subject())
            .withClient(request.client())
            .withTokenId(token.tokenId())
            .withAudiences(List.of(request.audience()))
            .withScopes(request.scopes())
            .withBinding(binding(confirmation(request)))
            .withKid(token.kid())
            .withRule(cause.rule())
            .withCall(cause.requestId(), cause.traceId())
            .withDetails(cause.details())
            .withDetail("txn", token.txn())
            .withDetail(ISSUED_AT, token.issuedAt().toString())
            .withDetail(EXPIRES_AT, token.expiresAt().toString())
            .event();
    return audit
        .record(event)
        .thenApply(
            appended ->
                switch (appended) {
                  case Appended.At at -> new Outcome.Minted(token);
                  case Appended.Full full ->
                      new Outcome.Unavailable("the log has no space for what grants");
                  case Appended.Conflict conflict ->
                      new Outcome.Unavailable("the audit log was written by somebody else");
                  case Appended.Unknown unknown -> new Outcome.Unavailable(unknown.why());
                });
  }

  /** Its {@code jti} is new: nobody can have revoked that. */
  private boolean isRevoked(MintRequest request, MintedToken token) {
    return revocations.hits(
        new Revocable(
            issuer,
            token.tokenId(),
            "",
            request.subject(),
            request.client(),
            List.of(request.audience()),
            token.kid(),
            request.context().issuedAt().orElse(clock.instant().truncatedTo(ChronoUnit.SECONDS)),
            request.context().parents().stream().map(Revocables::of).toList()));
  }
}
