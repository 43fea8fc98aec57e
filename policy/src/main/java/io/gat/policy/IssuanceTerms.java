package io.gat.policy;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an issuance rule says beside who, for whom, and how much: on whose behalf, what is in the
 * token, and what must have happened before.
 */
public final class IssuanceTerms {
  private static final IssuanceTerms PLAIN =
      new IssuanceTerms(OnBehalfOf.NOBODY, Binding.NONE, Map.of(), Map.of(), Set.of(), null, null);

  private final OnBehalfOf onBehalfOf;
  private final Binding binding;
  private final Map<String, String> fixedTags;
  private final Map<String, Set<String>> askedTags;
  private final Set<String> claims;
  private final @Nullable Attestation attestation;
  private final @Nullable Approval approval;

  /**
   * Terms.
   *
   * @param fixedTags what the rule writes into every token
   * @param askedTags what callers may ask for, by name; of each only these values
   * @param claims of the proof of whom a token is about, which are copied into it
   * @param attestation what must be attested, null for nothing
   * @param approval by whom it must be approved, null where it need not
   */
  public IssuanceTerms(
      OnBehalfOf onBehalfOf,
      Binding binding,
      Map<String, String> fixedTags,
      Map<String, Set<String>> askedTags,
      Set<String> claims,
      @Nullable Attestation attestation,
      @Nullable Approval approval) {
    this.onBehalfOf = Objects.requireNonNull(onBehalfOf);
    this.binding = Objects.requireNonNull(binding);
    this.fixedTags = Map.copyOf(fixedTags);
    this.askedTags = Map.copyOf(askedTags);
    this.claims = Set.copyOf(claims);
    this.attestation = attestation;
    this.approval = approval;
  }

  /** To what a token is bound. */
  public enum Binding {
    /** A bearer token; the default. */
    NONE,
    /** The certificate of the caller's TLS connection (RFC 8705, section 3). */
    CERTIFICATE
  }

  /**
   * A signed result that the caller must show.
   *
   * @param verifier the configured name of who has signed it
   * @param claims what it must say, by name; one of these values each
   * @param maxAge how old it may be, at most
   */
  public record Attestation(String verifier, Map<String, Set<String>> claims, Duration maxAge) {
    public Attestation {
      Objects.requireNonNull(verifier);
      claims = Map.copyOf(claims);
      if (!maxAge.isPositive()) {
        throw new IllegalArgumentException("max-age is longer than zero");
      }
    }
  }

  /**
   * A second person who must have said yes.
   *
   * @param by the subjects of the operators who may; empty for every operator who may approve
   * @param longest for how long a yes is good, at most; in (0, 24 h]
   */
  public record Approval(Set<String> by, Duration longest) {
    /** Longer than any yes can be meant. */
    public static final Duration CAP = Duration.ofHours(24);

    public Approval {
      by = Set.copyOf(by);
      if (!longest.isPositive() || longest.compareTo(CAP) > 0) {
        throw new IllegalArgumentException("an approval ends within 24 h");
      }
    }

    /** True where this operator's yes counts. */
    public boolean isOf(String approver) {
      return by.isEmpty() || by.contains(approver);
    }
  }

  /** A bearer token of the caller's own, without tags and claims, and nothing required. */
  public static IssuanceTerms plain() {
    return PLAIN;
  }

  public OnBehalfOf onBehalfOf() {
    return onBehalfOf;
  }

  public Binding binding() {
    return binding;
  }

  /** What the rule writes into every token. */
  public Map<String, String> fixedTags() {
    return fixedTags;
  }

  /** What callers may ask for. */
  public Map<String, Set<String>> askedTags() {
    return askedTags;
  }

  /** Of the proof of whom a token is about. */
  public Set<String> claims() {
    return claims;
  }

  public Optional<Attestation> attestation() {
    return Optional.ofNullable(attestation);
  }

  public Optional<Approval> approval() {
    return Optional.ofNullable(approval);
  }

  /** True where nothing of it gives more than the same of other terms. */
  public boolean isWithin(IssuanceTerms other) {
    return onBehalfOf.isWithin(other.onBehalfOf)
        && (binding == other.binding || other.binding == Binding.NONE)
        && fixedTags.equals(other.fixedTags)
        && askedTags.entrySet().stream()
            .allMatch(
                e -> other.askedTags.getOrDefault(e.getKey(), Set.of()).containsAll(e.getValue()))
        && other.claims.containsAll(claims)
        && isAttestedWithin(other.attestation)
        && isApprovedWithin(other.approval);
  }

  private boolean isAttestedWithin(@Nullable Attestation other) {
    if (other == null) {
      return true;
    }
    return attestation != null
        && attestation.verifier().equals(other.verifier())
        && attestation.maxAge().compareTo(other.maxAge()) <= 0
        && other.claims().entrySet().stream()
            .allMatch(
                e -> {
                  Set<String> mine = attestation.claims().getOrDefault(e.getKey(), Set.of());
                  return !mine.isEmpty() && e.getValue().containsAll(mine);
                });
  }

  private boolean isApprovedWithin(@Nullable Approval other) {
    if (other == null) {
      return true;
    }
    return approval != null
        && approval.longest().compareTo(other.longest()) <= 0
        && (other.by().isEmpty()
            || (!approval.by().isEmpty() && other.by().containsAll(approval.by())));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IssuanceTerms terms
        && onBehalfOf.equals(terms.onBehalfOf)
        && binding == terms.binding
        && fixedTags.equals(terms.fixedTags)
        && askedTags.equals(terms.askedTags)
        && claims.equals(terms.claims)
        && Objects.equals(attestation, terms.attestation)
        && Objects.equals(approval, terms.approval);
  }

  @Override
  public int hashCode() {
    return Objects.hash(onBehalfOf, binding, fixedTags, askedTags, claims, attestation, approval);
  }
}
