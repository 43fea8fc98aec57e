package io.gat.token;

import io.gat.keys.Algorithm;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One issuer whose tokens are accepted, and on what terms.
 *
 * @param issuer its exact {@code iss}
 * @param algorithms the {@code alg} values accepted from it; at least one
 * @param types the {@code typ} values accepted from it in {@code authorization}, in lower case and
 *     without {@code application/}; {@code none} stands for an absent {@code typ}
 * @param required the claims that must be there beside {@code iss aud exp iat}, by gat's names
 *     ({@code sub}, {@code jti}, {@code client_id}, {@code scope}, or any claim's own)
 * @param claimNames where it names things otherwise: gat's name ({@code scope}, {@code client},
 *     {@code subject}) to the claim
 * @param audiences whether a token for several audiences is accepted
 */
public record TrustedIssuer(
    String issuer,
    Set<Algorithm> algorithms,
    Set<String> types,
    List<String> required,
    Map<String, String> claimNames,
    Audiences audiences) {
  public TrustedIssuer {
    Objects.requireNonNull(issuer);
    algorithms = Set.copyOf(algorithms);
    types = Set.copyOf(types);
    required = List.copyOf(required);
    claimNames = Map.copyOf(claimNames);
    Objects.requireNonNull(audiences);
    if (algorithms.isEmpty() || types.isEmpty()) {
      throw new IllegalArgumentException("an issuer needs an algorithm and a type");
    }
    for (String type : types) {
      if (!type.equals(canonicalType(type))) {
        throw new IllegalArgumentException("not in canonical form: " + type);
      }
    }
  }

  /** A {@code typ} in lower case and without {@code application/} (RFC 7515, section 4.1.9). */
  public static String canonicalType(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
  }

  /**
   * The claims that a token of this issuer lacks and must have, by gat's names; empty where it has
   * them all.
   */
  public List<String> lacking(SignedToken token) {
    return List.copyOf(new ClaimReader(this, token.claims()).lacking());
  }

  /** How many audiences a token may have. */
  public enum Audiences {
    ONE,
    SEVERAL
  }
}
