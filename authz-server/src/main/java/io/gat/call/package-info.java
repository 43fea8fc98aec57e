/**
 * A call in HTTP's own terms, whatever asks gat about it: what a proxy tells becomes an {@link
 * io.gat.policy.AccessRequest}, and a decision becomes changes of headers or a refusal.
 *
 * <p>Collaborators: {@code policy} and {@code decide} for the values; {@code extauthz} and {@code
 * http} put them on the wire, each in its form, so that all forms mean the same. Values are
 * immutable and safe to share between threads; a {@link io.gat.call.CallDraft} belongs to one.
 */
@NullMarked
package io.gat.call;

import org.jspecify.annotations.NullMarked;
