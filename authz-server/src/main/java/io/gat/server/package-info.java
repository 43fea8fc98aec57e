/**
 * Start, run, drain: the composition root and all of Helidon's servers.
 *
 * <p>Collaborators: everything else; nothing depends on this package but the command line. Measured
 * facts about Helidon's gRPC that these classes are built on: it answers with three small writes,
 * so TCP_NODELAY is a must (else 40 ms a call); a write queue of 64 joins them; it has no
 * concurrency limits for gRPC and reads no {@code grpc-timeout}. Requests run on virtual threads.
 */
@NullMarked
package io.gat.server;

import org.jspecify.annotations.NullMarked;
