package io.gat.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Makes operators' gats: tokens of this process's issuer for the audience {@code gat-admin}. */
@FunctionalInterface
public interface OperatorGats {
  /** All that an operator can be allowed; {@code gat:mint} comes to all of them. */
  Set<String> ALL_SCOPES = Set.of("gat:approve", "gat:audit", "gat:keys", "gat:mint", "gat:revoke");

  /** The audience of operators' gats. */
  String AUDIENCE = OperatorPolicy.SERVICE;

  /** The longest that one lives. */
  Duration LONGEST = Duration.ofMinutes(15);

  /**
   * Makes a gat.
   *
   * @param subject who may use it
   * @param client the program that does
   * @param scopes some of {@link #ALL_SCOPES}
   * @param life at most {@link #LONGEST}
   * @throws RuntimeException where none can be made now; the message is a line for a person
   */
  Made make(String subject, String client, Set<String> scopes, Duration life);

  /** A gat that was made. It is a secret: its text shows nothing of it. */
  final class Made {
    private final String compact;
    private final String tokenId;
    private final Instant expiresAt;
    private final Set<String> scopes;

    /**
     * A gat.
     *
     * @param compact the token
     */
    public Made(String compact, String tokenId, Instant expiresAt, Set<String> scopes) {
      this.compact = Objects.requireNonNull(compact);
      this.tokenId = Objects.requireNonNull(tokenId);
      this.expiresAt = Objects.requireNonNull(expiresAt);
      this.scopes = new TreeSet<>(scopes);
    }

    /** The token itself. */
    public String compact() {
      return compact;
    }

    public String tokenId() {
      return tokenId;
    }

    public Instant expiresAt() {
      return expiresAt;
    }

    /** In the order of their names. */
    public Set<String> scopes() {
      return new TreeSet<>(scopes);
    }

    @Override
    public String toString() {
      return "Made[" + tokenId + "]";
    }
  }
}
