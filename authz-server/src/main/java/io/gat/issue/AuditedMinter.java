package io.gat.issue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.keys.NoSigningKeyException;
import io.gat.log.Appended;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Mints tokens none of which leaves before the audit log has it, so that every token that anybody
 * holds can be found, and revoked, by what the audit log says.
 */
public final class AuditedMinter {
  private final Minter minter;
  private final AuditTrail audit;

  /** A minter that records. */
  public AuditedMinter(Minter minter, AuditTrail audit) {
    this.minter = Objects.requireNonNull(minter);
    this.audit = Objects.requireNonNull(audit);
  }

  /**
   * For whom and by what a token is minted.
   *
   * @param actor who gets it
   * @param rule the issuance rule that allows it, empty for none
   * @param requestId the caller's or our own, empty for none
   * @param traceId 32 hexadecimal digits, empty for none
   */
  public record Cause(AuditEvent.Actor actor, String rule, String requestId, String traceId) {
    public Cause {
      Objects.requireNonNull(actor);
      Objects.requireNonNull(rule);
      Objects.requireNonNull(requestId);
      Objects.requireNonNull(traceId);
    }
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** It was minted, and the audit log has it. */
    record Minted(MintedToken token) implements Outcome {}

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
    AuditEvent event =
        new AuditEvent(
            AuditEvent.Action.TOKEN_ISSUED,
            AuditEvent.Outcome.DONE,
            "",
            cause.actor(),
            request.subject(),
            request.client(),
            token.tokenId(),
            List.of(request.audience()),
            request.scopes(),
            "",
            token.kid(),
            cause.rule(),
            cause.requestId(),
            cause.traceId(),
            Map.of("txn", token.txn(), "expires_at", token.expiresAt().toString()));
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
}
