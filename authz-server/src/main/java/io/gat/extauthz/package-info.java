/**
 * The wire: Envoy's {@code envoy.service.auth.v3} messages to gat's own values, and gat's decisions
 * back to Envoy's messages.
 *
 * <p>Collaborators: {@code policy} for {@link io.gat.policy.AccessRequest}, {@code decide} for the
 * decision; {@code server} hosts {@link io.gat.extauthz.AuthorizationService}. No other package but
 * {@code feed} sees a protobuf type. Everything here is immutable and safe to share between
 * threads.
 */
@NullMarked
package io.gat.extauthz;

import org.jspecify.annotations.NullMarked;
