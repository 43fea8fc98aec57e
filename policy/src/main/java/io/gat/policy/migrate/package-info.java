/**
 * Other systems' policies as gat's: Istio's RequestAuthentication and AuthorizationPolicy,
 * Authorino's AuthConfig.
 *
 * <p>What comes out never allows a call that the source denied. A source becomes one {@link
 * io.gat.policy.migrate.Formula} for each service; whatever gat cannot ask is replaced by its
 * {@link io.gat.policy.migrate.Bound}, so that an allow shrinks and a denial grows. {@link
 * io.gat.policy.migrate.RuleCells} turns a formula into rules, exactly. Two things count as one, as
 * they do everywhere in gat: paths that decode to the same text, and a host with and without port.
 *
 * <p>Collaborators: {@code io.gat.policy.parse} reads the sources, {@code io.gat.policy.format}
 * writes the result, {@code io.gat.policy.compile} checks it. Nothing is shared between threads
 * except immutable values.
 */
@NullMarked
package io.gat.policy.migrate;

import org.jspecify.annotations.NullMarked;
