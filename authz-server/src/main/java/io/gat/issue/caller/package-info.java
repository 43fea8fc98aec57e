/**
 * Who asks an issuer for a token: what callers show, and the authenticators that say what it
 * proves.
 *
 * <p>Collaborators: {@code token} and {@code keys} for signed tokens and their issuers' keys,
 * {@code fetch} for what has to be asked for. {@code io.gat.issue.ruling} says what a {@link
 * io.gat.issue.caller.Caller} may have. An authenticator may block while it fetches; it is safe to
 * share between threads.
 */
@NullMarked
package io.gat.issue.caller;

import org.jspecify.annotations.NullMarked;
