/**
 * Policy files in their canonical form.
 *
 * <p>Collaborators: {@code io.gat.policy.parse} reads the text, its comments and its document
 * marks; the command line writes what comes out. What comes out reads as what went in: the
 * formatter compares the two itself and refuses rather than changes a meaning. All types that
 * others see are immutable and safe to share between threads.
 */
@NullMarked
package io.gat.policy.format;

import org.jspecify.annotations.NullMarked;
