package io.gat.issue.grant;

import io.gat.audit.AuditEvent;
import io.gat.issue.caller.Caller;
import io.gat.token.SignedToken;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has become clear of a request on its way to an answer, for the audit log. For one thread.
 */
final class Attempt {
  private @Nullable Grant grant;
  private @Nullable Wish wish;
  private @Nullable Caller caller;
  private @Nullable SignedToken held;
  private final Map<String, String> details = new TreeMap<>();

  void asks(TokenRequest request) {
    grant = request.grant();
    wish = request.wish();
    details.put("grant", request.grant().word());
  }

  void by(Caller who) {
    caller = who;
    details.put("way", who.way().word());
    details.put("authenticator", who.authenticator());
  }

  /** Nobody has proved who they are; whoever holds this token asks. */
  void byHolderOf(SignedToken token) {
    held = token;
  }

  void detail(String name, String value) {
    details.put(name, value);
  }

  Optional<Grant> grant() {
    return Optional.ofNullable(grant);
  }

  Map<String, String> details() {
    return details;
  }

  AuditEvent.Actor actor() {
    if (caller != null) {
      return new AuditEvent.Actor(
          AuditEvent.Actor.Kind.CALLER, caller.principal(), held == null ? "" : held.tokenId());
    }
    return held == null
        ? new AuditEvent.Actor(AuditEvent.Actor.Kind.ANONYMOUS, "", "")
        : new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, held.subject(), held.tokenId());
  }

  /** The event of a refusal. */
  AuditEvent refused(String reason, TokenCall call) {
    return AuditEvent.about(AuditEvent.Action.TOKEN_REFUSED, AuditEvent.Outcome.REFUSED, actor())
        .withReason(reason)
        .withAudiences(wish == null ? List.of() : wish.target().stream().toList())
        .withScopes(wish == null ? List.of() : wish.scopes())
        .withCall(call.requestId(), call.traceId())
        .withDetails(details)
        .event();
  }
}
