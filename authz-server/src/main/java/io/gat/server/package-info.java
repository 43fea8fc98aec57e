/**
 * Start, run, drain: the composition root and all of Helidon's servers.
 *
 * <p>Collaborators: everything else; nothing depends on this package but the command line. Requests
 * run on virtual threads.
 *
 * <p>Measured facts about Helidon 4.5.0 that these classes are built on:
 *
 * <ul>
 *   <li>gRPC answers with three small writes, so TCP_NODELAY is a must (else 40 ms a call); a write
 *       queue of 64 joins them.
 *   <li>It has no concurrency limits for gRPC and reads no {@code grpc-timeout}: see {@link
 *       io.gat.server.InboundFrames} and {@link io.gat.server.CallGuard}.
 *   <li>{@code WebServer.start()} returns normally where it cannot bind: see {@link
 *       io.gat.server.Listening}.
 *   <li>A gRPC service that throws leaves its caller without an answer, and one that answers a
 *       cancelled call may cost the connection: see {@link io.gat.server.CallGuard}.
 *   <li>A gRPC message over {@code maxReadBufferSize} (default 2 MiB) leaves its caller without an
 *       answer, and every frame of it logs a stack trace: the limit is far above what Envoy sends.
 *   <li>More than {@code maxRapidResets} (default 50) cancelled calls in 10 s close the connection.
 *       It counts no PING, SETTINGS, PRIORITY or empty CONTINUATION frames, and lets a peer keep a
 *       request or a connection half open for ever: see {@link io.gat.server.GuardedConnections}.
 *   <li>The advertised {@code maxHeaderListSize} is 8 KiB by default; request headers of 64 KiB are
 *       read.
 *   <li>A connection that ends leaves the threads of half requests waiting; {@link
 *       io.gat.server.Exchange} ends them.
 *   <li>Its reflection feature keeps static state: see {@link io.gat.server.Reflection}.
 *   <li>It answers unknown paths and bugs in text of its own: see {@link io.gat.server.JsonErrors}.
 *   <li>{@code stop()} closes the listener at once, interrupts connections without calls, tells the
 *       others with their next frame that none of their calls was processed, and removes the file
 *       of a Unix socket.
 * </ul>
 */
@NullMarked
package io.gat.server;

import org.jspecify.annotations.NullMarked;
