/**
 * Asks issuers for tokens: the side of a workload, a broker or the command line.
 *
 * <p>{@link io.gat.client.IssuerClient} takes a list of issuers and gets along with those that are
 * there. Collaborators: none of gat but {@code json} for what is answered and {@code keys} for
 * files with secrets. All types are safe to share between threads; a call blocks its thread for a
 * bounded time.
 */
@NullMarked
package io.gat.client;

import org.jspecify.annotations.NullMarked;
