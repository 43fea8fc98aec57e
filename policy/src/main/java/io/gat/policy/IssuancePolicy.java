package io.gat.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may have which token, as the issuance documents say it.
 *
 * @param rules of all documents, in the order of their names
 */
public record IssuancePolicy(List<Grant> rules) {
  public IssuancePolicy {
    rules = List.copyOf(rules);
  }

  /** What to do with a request for more than the rule gives. */
  public enum OverAsking {
    REFUSED,
    /** Cut down; the response says what was granted. */
    NARROWED
  }

  /** One issuance rule. */
  public static final class Grant {
    private final String set;
    private final String name;
    private final Set<String> principals;
    private final Set<String> audiences;
    private final Set<String> scopes;
    private final @Nullable Duration maxTtl;
    private final OverAsking overAsking;

    /**
     * A rule.
     *
     * @param set the name of the document that it stands in
     */
    public Grant(
        String set,
        String name,
        Set<String> principals,
        Set<String> audiences,
        Set<String> scopes,
        @Nullable Duration maxTtl,
        OverAsking overAsking) {
      this.set = Objects.requireNonNull(set);
      this.name = Objects.requireNonNull(name);
      this.principals = Set.copyOf(principals);
      this.audiences = Set.copyOf(audiences);
      this.scopes = Set.copyOf(scopes);
      this.maxTtl = maxTtl;
      this.overAsking = Objects.requireNonNull(overAsking);
    }

    public String set() {
      return set;
    }

    public String name() {
      return name;
    }

    /** Who may ask, as an authenticator names them. */
    public Set<String> principals() {
      return principals;
    }

    public Set<String> audiences() {
      return audiences;
    }

    public Set<String> scopes() {
      return scopes;
    }

    /** The longest lifetime of a token; empty means the issuer's default. */
    public Optional<Duration> maxTtl() {
      return Optional.ofNullable(maxTtl);
    }

    public OverAsking overAsking() {
      return overAsking;
    }
  }
}
