/**
 * Pure evaluation: which service and rule a request meets, and whether a condition holds.
 *
 * <p>Collaborators: {@code compile} builds these types, {@link io.gat.policy.Policy} and {@link
 * io.gat.policy.Condition} are how others see them. Nothing here reads a file, a clock or a
 * network. All types are immutable and safe to share between threads.
 */
@NullMarked
package io.gat.policy.evaluate;

import org.jspecify.annotations.NullMarked;
