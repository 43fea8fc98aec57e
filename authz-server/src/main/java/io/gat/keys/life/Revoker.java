package io.gat.keys.life;

import io.gat.audit.AuditEvent;
import io.gat.log.Appended;
import java.util.concurrent.CompletableFuture;

/** Revokes what a key has signed. */
@FunctionalInterface
public interface Revoker {
  /**
   * Revokes every token that this key has signed or will seem to have signed: whoever has the key
   * chooses the {@code iat}, so it has to reach later tokens, too.
   *
   * @param reason an operator's words, empty for none
   * @param actor who wants it
   * @return completes when it is durable, or with why it is not; never exceptionally. Repeating it
   *     does no harm
   */
  CompletableFuture<Appended> revokeKey(String kid, String reason, AuditEvent.Actor actor);
}
