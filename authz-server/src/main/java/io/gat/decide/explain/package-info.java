/**
 * Explanations of decisions: what each step of a check saw, why a rule decided, what was missing
 * and what an allow would take.
 *
 * <p>The decision is always the real {@link io.gat.decide.Decider}'s; this package only tells of
 * it. Collaborators: {@link io.gat.decide.Inquirer} runs it, {@code policy} tells how it chose the
 * rule; {@code cli} and {@code server} ask. Everything here is immutable and safe to share.
 */
@NullMarked
package io.gat.decide.explain;

import org.jspecify.annotations.NullMarked;
