package io.gat.issue.grant;

import io.gat.issue.caller.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The token that is wished for, whatever the grant.
 *
 * @param target for whom, from {@code audience} or {@code resource}; empty where nobody says
 * @param scopes in the order asked for; may be empty
 * @param ttl how long it shall live ({@code requested_ttl}), in [1 s, 1 d]; empty where that is
 *     left to the issuer
 * @param binding whether it shall be bound
 * @param tags asked for, for telemetry
 * @param attestations signed results, not verified yet
 * @param approval the id of an approval, empty for none
 */
record Wish(
    Optional<String> target,
    List<String> scopes,
    Optional<Duration> ttl,
    Bound binding,
    Map<String, String> tags,
    List<Secret> attestations,
    String approval) {
  Wish {
    scopes = List.copyOf(scopes);
    tags = Map.copyOf(tags);
    attestations = List.copyOf(attestations);
  }

  /** To what a token shall be bound. */
  enum Bound {
    /** What the rule says. */
    BY_RULE,
    /** The caller's TLS certificate, whatever the rule says. */
    TO_CERTIFICATE
  }
}
