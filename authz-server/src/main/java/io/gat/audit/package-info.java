/**
 * The audit log: who did, got or was refused what and why, hash-chained per writer in the shared
 * log, with signed checkpoints; and what reads it: search, verification, unused scopes, export.
 *
 * <p>Collaborators: {@code log}, which makes it durable; {@code keys} for the checkpoints'
 * signatures. Whoever acts hands an {@link io.gat.audit.AuditEvent} to an {@link
 * io.gat.audit.AuditTrail} and answers only when it is durable.
 */
@NullMarked
package io.gat.audit;

import org.jspecify.annotations.NullMarked;
