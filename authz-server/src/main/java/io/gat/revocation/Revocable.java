package io.gat.revocation;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What revocation selectors look at in a token.
 *
 * @param issuer {@code iss}
 * @param tokenId DESIGN.md's {@code token_id}
 * @param jti empty where the token has none
 * @param subject {@code sub}, empty where the token has none
 * @param client empty where the token has none
 * @param audiences {@code aud}
 * @param kid the id of the key that verified it, empty where the key has none
 * @param issuedAt {@code iat}
 */
public record Revocable(
    String issuer,
    String tokenId,
    String jti,
    String subject,
    String client,
    List<String> audiences,
    String kid,
    Instant issuedAt) {
  public Revocable {
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(tokenId);
    Objects.requireNonNull(jti);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(client);
    audiences = List.copyOf(audiences);
    Objects.requireNonNull(kid);
    Objects.requireNonNull(issuedAt);
  }
}
