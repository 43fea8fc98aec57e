/**
 * The typed configuration: what {@code gat.yaml} says, checked as a whole before anything starts.
 *
 * <p>Collaborators: {@code server} builds the program from a {@link io.gat.config.GatConfig};
 * {@code cli} prints what is wrong with a file. The text is read with {@code io.gat.policy.parse}
 * instead of Helidon's configuration, because every message names the line and column of its cause,
 * and Helidon's tree has lost them. Records hold paths of secrets, never secrets. All types are
 * immutable and safe to share between threads.
 */
@NullMarked
package io.gat.config;

import org.jspecify.annotations.NullMarked;
