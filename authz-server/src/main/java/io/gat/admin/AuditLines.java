package io.gat.admin;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.log.Appended;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;

/**
 * The audit trail of a process without an issuer, which has no audit log: a line of the server's
 * log for each event, with the token's id in place of its subject. It is as durable as whatever
 * takes that log: what is answered says that the line was handed over, and nothing about a disk.
 */
public final class AuditLines implements AuditTrail {
  private static final Logger LOG = System.getLogger(AuditLines.class.getName());

  @Override
  public CompletableFuture<Appended> record(AuditEvent event) {
    LOG.log(
        Level.INFO,
        "audit: {0} {1} token_id={2} request_id={3} {4} {5}",
        event.action(),
        event.outcome(),
        event.actor().tokenId(),
        event.requestId(),
        event.reason(),
        event.details());
    return CompletableFuture.completedFuture(new Appended.At(0, Appended.Novelty.NEW));
  }
}
