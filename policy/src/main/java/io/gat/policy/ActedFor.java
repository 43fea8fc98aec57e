package io.gat.policy;

import java.util.Objects;
import java.util.Set;

/** On whose behalf a token is asked for (RFC 8693, section 1.1). */
public sealed interface ActedFor {
  /** The caller asks for itself. */
  record Nobody() implements ActedFor {}

  /**
   * The subject of one of this issuer's own tokens, which is valid.
   *
   * @param audiences for whom it is
   * @param scopes what it opens
   */
  record Holder(Set<String> audiences, Set<String> scopes) implements ActedFor {
    public Holder {
      audiences = Set.copyOf(audiences);
      scopes = Set.copyOf(scopes);
    }
  }

  /** Whoever a foreign token proves, as rules write principals. */
  record Proved(String principal) implements ActedFor {
    public Proved {
      Objects.requireNonNull(principal);
    }
  }
}
