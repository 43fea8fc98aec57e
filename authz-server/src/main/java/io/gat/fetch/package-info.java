/**
 * Fetching of small documents over HTTP: key sets and policy bundles. Everything is bounded: size,
 * time, and where a request may end up.
 */
@NullMarked
package io.gat.fetch;

import org.jspecify.annotations.NullMarked;
