package io.gat.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The token that somebody asks an issuer for.
 *
 * @param principal who asks, proved: {@code spiffe://…}, {@code k8s:namespace/account}, {@code
 *     oidc:…#…}, {@code client:id} or {@code api-key:id}
 * @param audience for whom the token shall be
 * @param scopes what it shall open, in the order asked for; may be empty
 * @param ttl how long it shall live, above 0; null where the asker leaves it to the issuer
 * @param subject on whose behalf
 * @param tags that it shall have
 * @param evidence what else speaks for it
 */
public record IssuanceRequest(
    String principal,
    String audience,
    Set<String> scopes,
    @Nullable Duration ttl,
    ActedFor subject,
    Map<String, String> tags,
    Evidence evidence) {
  public IssuanceRequest {
    Objects.requireNonNull(principal);
    Objects.requireNonNull(audience);
    scopes = Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
    Objects.requireNonNull(subject);
    tags = Map.copyOf(tags);
    Objects.requireNonNull(evidence);
    if (ttl != null && !ttl.isPositive()) {
      throw new IllegalArgumentException("a token lives longer than zero");
    }
  }

  /** A request about the caller itself, for which nothing else speaks. */
  public IssuanceRequest(
      String principal, String audience, Set<String> scopes, @Nullable Duration ttl) {
    this(principal, audience, scopes, ttl, new ActedFor.Nobody(), Map.of(), Evidence.NONE);
  }
}
