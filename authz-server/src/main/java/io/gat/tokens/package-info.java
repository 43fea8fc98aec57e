/**
 * The token endpoint over gRPC: a service that carries requests to {@code issue.grant} and its
 * answers back, and knows nothing of their meaning.
 *
 * <p>Collaborators: {@code server} puts it on the issuer's port and says whose certificate a
 * connection has shown. Safe to share between threads; a call blocks its own.
 */
@NullMarked
package io.gat.tokens;

import org.jspecify.annotations.NullMarked;
