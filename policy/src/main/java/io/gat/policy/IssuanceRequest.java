package io.gat.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The token that somebody asks an issuer for.
 *
 * @param principal who asks, proved: {@code spiffe://…}, {@code k8s:namespace/account} or {@code
 *     oidc:…#…}
 * @param audience for whom the token shall be
 * @param scopes what it shall open, in the order asked for; may be empty
 * @param ttl how long it shall live, above 0; null where the asker leaves it to the issuer
 */
public record IssuanceRequest(
    String principal, String audience, Set<String> scopes, @Nullable Duration ttl) {
  public IssuanceRequest {
    Objects.requireNonNull(principal);
    Objects.requireNonNull(audience);
    scopes = Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
    if (ttl != null && !ttl.isPositive()) {
      throw new IllegalArgumentException("a token lives longer than zero");
    }
  }
}
