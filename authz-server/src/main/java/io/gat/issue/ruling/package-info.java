/**
 * Who may have which token: the issuance policy applied to what a {@link
 * io.gat.issue.caller.Caller} asks for.
 *
 * <p>Collaborators: {@code policy} for the rules, {@code issue.caller} for who asks. The token
 * endpoint asks here and mints what is granted, nothing else. All classes are safe to share between
 * threads.
 */
@NullMarked
package io.gat.issue.ruling;

import org.jspecify.annotations.NullMarked;
