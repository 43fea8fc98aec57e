/**
 * Policy tests: {@code *_test.yaml} files, what they ask, what came of it, and what of the policy
 * they have not asked about.
 *
 * <p>Collaborators: {@code parse} and {@code compile} read the files. Who decides a call is behind
 * {@link io.gat.policy.verify.CallJudge}: the server brings the real way of a check, with real
 * tokens. All types are immutable and safe to share between threads, but for the readers and
 * recorders of one run, which nobody else sees.
 */
@NullMarked
package io.gat.policy.verify;

import org.jspecify.annotations.NullMarked;
