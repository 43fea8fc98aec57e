package io.gat.audit;

import io.gat.log.Appended;
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
}
