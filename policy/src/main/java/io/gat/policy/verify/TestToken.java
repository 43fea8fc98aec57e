package io.gat.policy.verify;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token that a test wants to be issued and signed.
 *
 * @param issuer its {@code iss}, trusted unless the flaw says otherwise
 * @param subject default the token's name in the file, as are {@code client}, {@code id} and {@code
 *     txn}
 * @param audiences one is written as a text, several as a list
 * @param age since {@code iat}, in [0, ∞), default 0
 * @param ttl {@code exp} − {@code iat}, default 60 s
 * @param id its {@code jti}
 * @param type its {@code typ}; empty for the one that goes with its place
 * @param place where it is sent
 * @param claims more claims, as JSON values; they replace those of the same name
 * @param without claims that are left out after all
 * @param wrong the flaw, null for none
 */
public record TestToken(
    String issuer,
    String subject,
    String client,
    List<String> audiences,
    List<String> scopes,
    Duration age,
    Duration ttl,
    String id,
    String txn,
    String type,
    Place place,
    Map<String, Object> claims,
    Set<String> without,
    @Nullable TokenFlaw wrong) {
  /** Who issues tokens that do not say it. */
  public static final String ISSUER = "https://gat.example";

  public TestToken {
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(client);
    audiences = List.copyOf(audiences);
    scopes = List.copyOf(scopes);
    Objects.requireNonNull(age);
    Objects.requireNonNull(ttl);
    Objects.requireNonNull(id);
    Objects.requireNonNull(txn);
    Objects.requireNonNull(type);
    Objects.requireNonNull(place);
    claims = Collections.unmodifiableMap(new LinkedHashMap<>(claims));
    without = Set.copyOf(without);
  }

  /** What is wrong with it. */
  public Optional<TokenFlaw> flaw() {
    return Optional.ofNullable(wrong);
  }

  /** Where a token is sent. */
  public enum Place {
    /** Where the called service reads it: {@code Bearer} in {@code authorization} for most. */
    AS_READ,
    BEARER,
    DPOP,
    TXN_TOKEN
  }
}
