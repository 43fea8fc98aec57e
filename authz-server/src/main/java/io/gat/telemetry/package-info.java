/**
 * What gat tells of itself: decision records as JSON lines, metrics, and the log on stderr.
 *
 * <p>Collaborators: {@code decide} reports every decision to the {@link
 * io.gat.decide.DecisionObserver}s here; {@code http} serves what {@link
 * io.gat.telemetry.DecisionMetrics} collects. Observers are called by many threads at once, return
 * fast and never throw.
 */
@NullMarked
package io.gat.telemetry;

import org.jspecify.annotations.NullMarked;
