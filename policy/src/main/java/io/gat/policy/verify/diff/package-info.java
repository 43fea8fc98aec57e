/**
 * What changes in meaning from one policy set to another: which paths and methods open or close,
 * for whom, and what a service is reached by.
 *
 * <p>Collaborators: {@code compile} makes the sets, {@code evaluate} says what each rule means for
 * a path. Nothing here reads a file, a clock or a network. All public types are immutable and safe
 * to share between threads.
 */
@NullMarked
package io.gat.policy.verify.diff;

import org.jspecify.annotations.NullMarked;
