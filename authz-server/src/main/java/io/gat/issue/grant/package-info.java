/**
 * What the token endpoint means, whoever carries it: requests (RFC 6749, 7523, 8693), who may
 * authenticate how, which token is minted for them, and introspection (RFC 7662).
 *
 * <p>Collaborators: {@code issue.caller} proves who asks, {@code issue.ruling} says what they may
 * have, {@code issue} mints it into the audit log. {@code http} and {@code tokens} bring requests
 * from the wire and know nothing of their meaning. Every class is safe to share between threads; an
 * answer may take as long as a caller's issuer takes to be asked, or the audit log to write.
 */
@NullMarked
package io.gat.issue.grant;

import org.jspecify.annotations.NullMarked;
