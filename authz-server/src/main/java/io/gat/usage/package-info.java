/**
 * Which granted scopes are used: compares what issuance rules may grant and have granted, by the
 * audit log, with what allowed calls needed, by decision records, and proposes narrower rules.
 *
 * <p>Collaborators: {@code audit}, {@code decide} and {@code policy}. Nothing here is shared
 * between threads.
 */
@NullMarked
package io.gat.usage;

import org.jspecify.annotations.NullMarked;
