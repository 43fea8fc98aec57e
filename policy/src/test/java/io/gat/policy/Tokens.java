package io.gat.policy;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A token's facts in tests. */
public record Tokens(
    String issuer,
    String subject,
    String client,
    List<String> audiences,
    Set<String> scopes,
    Instant issuedAt,
    Instant expiresAt,
    Map<String, Object> claims)
    implements TokenFacts {

  /** A token of alice's with these claims. */
  public static Tokens with(Map<String, Object> claims) {
    return new Tokens(
        "https://gat.example",
        "alice",
        "checkout",
        List.of("s", "t"),
        new LinkedHashSet<>(List.of("a", "b")),
        Instant.parse("2026-01-01T00:00:00Z"),
        Instant.parse("2026-01-01T00:01:00Z"),
        claims);
  }
}
