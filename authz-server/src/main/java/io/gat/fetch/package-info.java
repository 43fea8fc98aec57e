/**
 * Fetching of small documents over HTTP: key sets and policy bundles. Everything is bounded: size,
 * time, and where a request may end up.
 *
 * <p>{@link io.gat.fetch.HttpFetch} goes to what the operator has written into a configuration,
 * private networks included. {@link io.gat.fetch.GuardedFetch} goes to what foreign issuers say.
 */
@NullMarked
package io.gat.fetch;

import org.jspecify.annotations.NullMarked;
