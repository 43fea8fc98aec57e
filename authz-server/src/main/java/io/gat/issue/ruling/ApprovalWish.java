package io.gat.issue.ruling;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The tokens that a second person is asked to allow: just these, for just this principal.
 *
 * @param principal who asks
 * @param client who presents them
 * @param subject on whose behalf, as rules write it or as a gat names it; the caller's own subject
 *     where it asks for itself
 * @param people everybody who stands on the asking side: none of them says yes
 * @param audience for whom they are
 * @param scopes what they open, at most
 * @param ttl how long each lives, at most
 * @param binding whether they are bound to the caller's certificate
 * @param tags all that they have
 * @param rule which asks for the yes, as {@code document/name}
 * @param by the operators who may say it; empty for each who may approve
 * @param longest for how long a yes is good, at most
 */
public record ApprovalWish(
    String principal,
    String client,
    String subject,
    Set<String> people,
    String audience,
    List<String> scopes,
    Duration ttl,
    Binding binding,
    Map<String, String> tags,
    String rule,
    Set<String> by,
    Duration longest) {
  public ApprovalWish {
    Objects.requireNonNull(principal);
    Objects.requireNonNull(client);
    Objects.requireNonNull(subject);
    people = Set.copyOf(people);
    Objects.requireNonNull(audience);
    scopes = List.copyOf(scopes);
    Objects.requireNonNull(binding);
    tags = Map.copyOf(tags);
    Objects.requireNonNull(rule);
    by = Set.copyOf(by);
    if (scopes.isEmpty() || !ttl.isPositive() || !longest.isPositive()) {
      throw new IllegalArgumentException("a yes is to something");
    }
  }

  /** Whether a token is bound. */
  public enum Binding {
    BEARER,
    CERTIFICATE
  }

  /**
   * True where whoever allows this allows the other, too: no more of anything, and all the same.
   */
  public boolean covers(ApprovalWish other) {
    return principal.equals(other.principal)
        && subject.equals(other.subject)
        && audience.equals(other.audience)
        && rule.equals(other.rule)
        && binding == other.binding
        && tags.equals(other.tags)
        && Set.copyOf(scopes).containsAll(other.scopes)
        && ttl.compareTo(other.ttl) >= 0;
  }
}
