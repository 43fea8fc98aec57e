package io.gat.token;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A token from which another was minted, with what revocations look at. Its word stands in the
 * other one's claim {@code parents}, which an issuer has signed.
 *
 * @param issuer its {@code iss}
 * @param jti its {@code jti}
 * @param subject its {@code sub}, empty for none
 * @param client its {@code client_id}, empty for none
 * @param audiences its {@code aud}
 * @param kid the id of the key that had signed it, empty for none
 * @param issuedAt its {@code iat}
 */
public record Ancestor(
    String issuer,
    String jti,
    String subject,
    String client,
    List<String> audiences,
    String kid,
    Instant issuedAt) {
  public Ancestor {
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(client);
    audiences = List.copyOf(audiences);
    Objects.requireNonNull(kid);
    Objects.requireNonNull(issuedAt);
    if (jti.isEmpty()) {
      throw new IllegalArgumentException("a token that others are minted from has a jti");
    }
  }

  /** DESIGN.md's {@code token_id}. */
  public String tokenId() {
    return TokenIds.of(issuer, jti);
  }
}
