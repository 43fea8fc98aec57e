package io.gat.audit;

import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditRecord.Content;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Which events somebody looks for. Empty texts and sets stand for any.
 *
 * @param since the earliest time, inclusive; {@link Instant#MIN} for any
 * @param until the latest time, exclusive; {@link Instant#MAX} for any
 * @param actions in any of them
 * @param actor the name of who did it
 * @param tokenId of the token it is about, or that was shown
 */
public record AuditQuery(
    Instant since,
    Instant until,
    Set<Action> actions,
    String actor,
    String subject,
    String client,
    String tokenId,
    String kid,
    String requestId) {
  public AuditQuery {
    Objects.requireNonNull(since);
    Objects.requireNonNull(until);
    actions = actions.isEmpty() ? EnumSet.allOf(Action.class) : EnumSet.copyOf(actions);
    Objects.requireNonNull(actor);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(client);
    Objects.requireNonNull(tokenId);
    Objects.requireNonNull(kid);
    Objects.requireNonNull(requestId);
  }

  /** False where a record cannot match: most are not worth reading. */
  boolean mayMatch(String payload) {
    return stands(subject, payload)
        && stands(client, payload)
        && stands(tokenId, payload)
        && stands(actor, payload)
        && stands(kid, payload)
        && stands(requestId, payload);
  }

  private static boolean stands(String text, String payload) {
    return text.isEmpty() || payload.contains(AuditRecordJson.quoted(text));
  }

  /** True for an event that is looked for; never for a checkpoint. */
  public boolean matches(AuditRecord record) {
    return switch (record.content()) {
      case Content.Signed checkpoint -> false;
      case Content.Happened happened ->
          !record.time().isBefore(since)
              && record.time().isBefore(until)
              && matches(happened.event());
    };
  }

  private boolean matches(AuditEvent event) {
    return actions.contains(event.action())
        && is(actor, event.actor().name())
        && is(subject, event.subject())
        && is(client, event.client())
        && (is(tokenId, event.tokenId()) || is(tokenId, event.actor().tokenId()))
        && is(kid, event.kid())
        && is(requestId, event.requestId());
  }

  private static boolean is(String wanted, String actual) {
    return wanted.isEmpty() || wanted.equals(actual);
  }
}
