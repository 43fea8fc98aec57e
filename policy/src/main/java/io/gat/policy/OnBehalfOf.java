package io.gat.policy;

import java.util.List;
import java.util.Set;

/**
 * For whom the callers of an issuance rule may ask (RFC 8693). Nobody but themselves by default.
 *
 * @param audiences the holders of this issuer's own tokens for one of these; empty for none
 * @param scopes what such a token must open, all of it
 * @param subjects who may be proved by a foreign token
 */
public record OnBehalfOf(Set<String> audiences, Set<String> scopes, List<SubjectPattern> subjects) {
  /** A rule about the caller's own tokens. */
  public static final OnBehalfOf NOBODY = new OnBehalfOf(Set.of(), Set.of(), List.of());

  public OnBehalfOf {
    audiences = Set.copyOf(audiences);
    scopes = Set.copyOf(scopes);
    subjects = List.copyOf(subjects);
    if (audiences.isEmpty() && !scopes.isEmpty()) {
      throw new IllegalArgumentException("scopes are those of tokens for an audience");
    }
  }

  /** True where a rule with this is about such a request. */
  public boolean includes(ActedFor subject) {
    return switch (subject) {
      case ActedFor.Nobody nobody -> equals(NOBODY);
      case ActedFor.Holder holder ->
          holder.audiences().stream().anyMatch(audiences::contains)
              && holder.scopes().containsAll(scopes);
      case ActedFor.Proved proved ->
          subjects.stream().anyMatch(pattern -> pattern.matches(proved.principal()));
    };
  }

  /** True where it includes nobody whom another does not include, as far as the texts tell. */
  public boolean isWithin(OnBehalfOf other) {
    return equals(NOBODY) == other.equals(NOBODY)
        && other.audiences.containsAll(audiences)
        && (audiences.isEmpty() || scopes.containsAll(other.scopes))
        && subjects.stream()
            .allMatch(
                one ->
                    other.subjects.contains(one)
                        || other.subjects.stream().anyMatch(o -> o.matches(one.text())));
  }
}
