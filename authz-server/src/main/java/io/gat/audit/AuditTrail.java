package io.gat.audit;

import io.gat.log.Appended;
import io.gat.log.Effect;
import java.util.concurrent.CompletableFuture;

/** Takes what happened. */
@FunctionalInterface
public interface AuditTrail {
  /**
   * Writes an event.
   *
   * @return completes when the event is durable, or with why it is not; never exceptionally.
   *     Whoever grants something does so only after {@link Appended.At}
   */
  CompletableFuture<Appended> record(AuditEvent event);

  /**
   * Writes an event that moves what callers may do otherwise than its {@linkplain AuditEvent#effect
   * action alone} says, such as the admission of an operator who revokes something.
   *
   * @param effect a trail whose space never ends need not look at it
   */
  default CompletableFuture<Appended> record(AuditEvent event, Effect effect) {
    return record(event);
  }
}
