package io.gat.admin;

import io.gat.audit.AuditEvent.Actor;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;

/** Operators' gats by the issuer of this process; the audit log has each before anybody has it. */
public final class IssuedGats implements OperatorGats {
  private final AuditedMinter minter;

  /** Gats of this minter. */
  public IssuedGats(AuditedMinter minter) {
    this.minter = Objects.requireNonNull(minter);
  }

  @Override
  public Made make(String subject, String client, Set<String> scopes, Duration life) {
    MintRequest request =
        new MintRequest(
            AUDIENCE, new TreeSet<>(scopes).stream().toList(), subject, client, life, "", Map.of());
    AuditedMinter.Cause cause = new AuditedMinter.Cause(Actor.system("operators"), "", "", "");
    try {
      return switch (minter.mint(request, Jitter.NONE, cause).join()) {
        case AuditedMinter.Outcome.Minted(MintedToken token) ->
            new Made(token.compact(), token.tokenId(), token.expiresAt(), scopes);
        case AuditedMinter.Outcome.Unavailable(String why) -> throw new IllegalStateException(why);
      };
    } catch (CompletionException e) {
      throw new IllegalStateException("no gat can be made now", e);
    }
  }
}
