/**
 * Pure evaluation: which service, which rule, does the condition hold.
 *
 * <p>Collaborators: {@code compile} builds these structures. Everything is immutable and safe to
 * share between threads; nothing throws for any request.
 */
@NullMarked
package io.gat.policy.evaluate;

import org.jspecify.annotations.NullMarked;
