package io.gat.keys.life;

import io.gat.audit.AuditEvent.Actor;
import java.util.Objects;

/**
 * Whose wish a change of the keys is, and by which call: what the audit log tells of it.
 *
 * @param actor who wants it
 * @param reason their words, empty for none
 * @param requestId the call's, empty for what nobody asked for
 * @param traceId 32 hexadecimal digits, empty for none
 */
public record KeyCause(Actor actor, String reason, String requestId, String traceId) {
  /** The schedule's own. */
  static final KeyCause SCHEDULE = of(Actor.system("key schedule"));

  public KeyCause {
    Objects.requireNonNull(actor);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(requestId);
    Objects.requireNonNull(traceId);
  }

  /** Without a call. */
  public static KeyCause of(Actor actor) {
    return new KeyCause(actor, "", "", "");
  }

  /** The same with why. */
  public KeyCause because(String words) {
    return new KeyCause(actor, words, requestId, traceId);
  }
}
