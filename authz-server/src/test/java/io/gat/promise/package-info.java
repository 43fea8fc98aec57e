/**
 * Real processes under faults, what happened to them by one machine's monotonic clock, and a judge
 * of that: whether the promise of bounded revocation was kept.
 *
 * <p>Collaborators: everything under test runs in processes of its own and is asked through its
 * sockets; see {@code docs/revocation-checker.md}.
 */
@NullMarked
package io.gat.promise;

import org.jspecify.annotations.NullMarked;
