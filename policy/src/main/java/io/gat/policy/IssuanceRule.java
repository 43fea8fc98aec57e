package io.gat.policy;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One rule of who may have which token. */
public final class IssuanceRule {
  private final String issuance;
  private final String name;
  private final Set<String> principals;
  private final Set<String> audiences;
  private final Set<String> scopes;
  private final @Nullable Duration maxTtl;
  private final OverAsking overAsking;
  private final Rollout rollout;
  private final IssuanceTerms terms;

  /** A rule that is enforced for everybody. */
  public IssuanceRule(
      String issuance,
      String name,
      Set<String> principals,
      Set<String> audiences,
      Set<String> scopes,
      @Nullable Duration maxTtl,
      OverAsking overAsking) {
    this(issuance, name, principals, audiences, scopes, maxTtl, overAsking, Rollout.EVERYBODY);
  }

  /** A rule about the caller's own bearer tokens. */
  public IssuanceRule(
      String issuance,
      String name,
      Set<String> principals,
      Set<String> audiences,
      Set<String> scopes,
      @Nullable Duration maxTtl,
      OverAsking overAsking,
      Rollout rollout) {
    this(
        issuance,
        name,
        principals,
        audiences,
        scopes,
        maxTtl,
        overAsking,
        rollout,
        IssuanceTerms.plain());
  }

  public IssuanceRule(
      String issuance,
      String name,
      Set<String> principals,
      Set<String> audiences,
      Set<String> scopes,
      @Nullable Duration maxTtl,
      OverAsking overAsking,
      Rollout rollout,
      IssuanceTerms terms) {
    this.issuance = Objects.requireNonNull(issuance);
    this.name = Objects.requireNonNull(name);
    this.principals = Set.copyOf(principals);
    this.audiences = Set.copyOf(audiences);
    this.scopes = Set.copyOf(scopes);
    this.maxTtl = maxTtl;
    this.overAsking = Objects.requireNonNull(overAsking);
    this.rollout = Objects.requireNonNull(rollout);
    this.terms = Objects.requireNonNull(terms);
    if (this.principals.isEmpty() || this.audiences.isEmpty()) {
      throw new IllegalArgumentException("a rule names principals and audiences");
    }
    if (maxTtl != null && !maxTtl.isPositive()) {
      throw new IllegalArgumentException("max-ttl is longer than zero");
    }
  }

  /** What happens to a request for more scopes than the rule gives. */
  public enum OverAsking {
    /** The request is refused; the default. */
    REFUSED,
    /** {@code narrow: true}: the request is cut down and the response says so. */
    NARROWED
  }

  /** The name of the document that it stands in. */
  public String issuance() {
    return issuance;
  }

  /** Its name, unique in its document. */
  public String name() {
    return name;
  }

  /**
   * Who may ask, as {@code spiffe://…}, {@code k8s:namespace/account}, {@code oidc:…#…}, {@code
   * client:id} or {@code api-key:id}.
   */
  public Set<String> principals() {
    return principals;
  }

  /** For whom the token may be. */
  public Set<String> audiences() {
    return audiences;
  }

  /** Which scopes the token may have; empty means none. */
  public Set<String> scopes() {
    return scopes;
  }

  /** The token's longest lifetime; empty means the issuer's own cap. */
  public Optional<Duration> maxTtl() {
    return Optional.ofNullable(maxTtl);
  }

  public OverAsking overAsking() {
    return overAsking;
  }

  /** For which share of its principals it is enforced. */
  public Rollout rollout() {
    return rollout;
  }

  /** On whose behalf, what is in the token, and what must have happened before. */
  public IssuanceTerms terms() {
    return terms;
  }

  /** Its name in audit records: {@code document/name}. */
  public String path() {
    return issuance + "/" + name;
  }

  /** True where it counts for this principal; where not, it is in shadow for it. */
  public boolean isEnforcedFor(String principal) {
    return rollout.includes(name, principal);
  }

  @Override
  public String toString() {
    return "IssuanceRule[" + issuance + "/" + name + "]";
  }
}
