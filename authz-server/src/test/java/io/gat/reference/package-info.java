/**
 * A second decider, and what compares it with the real one on random worlds.
 *
 * <p>Collaborators: everything under test is reached through {@code io.gat.decide}; the reference
 * itself uses none of it.
 */
@NullMarked
package io.gat.reference;

import org.jspecify.annotations.NullMarked;
