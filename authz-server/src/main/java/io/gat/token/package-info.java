/**
 * Token values and their verification: from a string that anybody may have written to a {@link
 * io.gat.token.VerifiedToken}.
 *
 * <p>Collaborators: {@code keys} for key sets, jose4j for JSON web code. A token gets more powerful
 * types as it proves itself; no step can be left out, since each type is made only by the step
 * before. All types are immutable and safe to share between threads.
 */
@NullMarked
package io.gat.token;

import org.jspecify.annotations.NullMarked;
