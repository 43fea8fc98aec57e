/**
 * Benchmarks: JMH for the single steps of a check, and the helpers of {@code perf/run} and {@code
 * perf/start}: a check server that decides nothing, a mint for many tokens, a paced caller.
 *
 * <p>Collaborators: everything public of gat. Nothing depends on this package, and none of it is
 * shipped.
 */
@NullMarked
package io.gat.perf;

import org.jspecify.annotations.NullMarked;
