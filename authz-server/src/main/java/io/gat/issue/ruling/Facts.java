package io.gat.issue.ruling;

import io.gat.issue.caller.Caller;
import io.gat.policy.ActedFor;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.IssuanceVerdict;
import io.gat.token.SignedToken;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an ask says about whom, in the words of the rules. */
final class Facts {
  private static final int MAX_TEXT = 256;
  private static final int MAX_ITEMS = 32;

  private Facts() {}

  static ActedFor subject(Ask ask) {
    if (ask.subject().isEmpty()) {
      return new ActedFor.Nobody();
    }
    return switch (ask.subject().get()) {
      case Subject.Held held ->
          new ActedFor.Holder(
              Set.copyOf(held.gat().token().audiences()), held.gat().token().scopes());
      case Subject.Proved proved -> new ActedFor.Proved(proved.caller().principal());
    };
  }

  /** Whom a verifier has to speak about: whoever the token will be about. */
  static String about(Ask ask) {
    if (ask.subject().isEmpty()) {
      return ask.caller().principal();
    }
    return switch (ask.subject().get()) {
      case Subject.Held held -> held.gat().token().subject();
      case Subject.Proved proved -> proved.caller().principal();
    };
  }

  /** Everybody on the asking side, by every name that they have. */
  private static Set<String> people(Ask ask) {
    Set<String> people = new HashSet<>(names(ask.caller()));
    if (ask.subject().isPresent()) {
      switch (ask.subject().get()) {
        case Subject.Held held -> {
          SignedToken token = held.gat().token();
          people.add(token.subject());
          actors(token.claims().get("act"), people);
        }
        case Subject.Proved proved -> people.addAll(names(proved.caller()));
      }
    }
    return people;
  }

  private static List<String> names(Caller caller) {
    return List.of(caller.principal(), caller.subject());
  }

  /** Who has acted before (RFC 8693, section 4.1). */
  private static void actors(@Nullable Object act, Set<String> people) {
    Object next = act;
    while (next instanceof Map<?, ?> actor) {
      if (actor.get("sub") instanceof String name) {
        people.add(name);
      }
      next = actor.get("act");
    }
  }

  /** What a second person would be asked to allow. */
  static ApprovalWish wish(Ask ask, IssuanceVerdict.Granted granted) {
    IssuanceTerms terms = granted.rule().terms();
    IssuanceTerms.Approval approval = terms.approval().orElseThrow();
    return new ApprovalWish(
        ask.caller().principal(),
        ask.caller().client(),
        about(ask),
        people(ask),
        ask.audience(),
        List.copyOf(granted.scopes()),
        granted.ttl(),
        switch (terms.binding()) {
          case NONE -> ApprovalWish.Binding.BEARER;
          case CERTIFICATE -> ApprovalWish.Binding.CERTIFICATE;
        },
        granted.tags(),
        granted.rule().path(),
        approval.by(),
        approval.longest());
  }

  /**
   * The claims that a rule lets in, of the proof of whom the token is about; empty where one of
   * them is not what a token takes over.
   */
  static Optional<Map<String, Object>> claims(Ask ask, Set<String> allowed) {
    Map<String, Object> proved =
        ask.subject()
            .map(
                subject ->
                    switch (subject) {
                      case Subject.Held held -> held.gat().token().claims();
                      case Subject.Proved other -> other.caller().claims();
                    })
            .orElseGet(() -> ask.caller().claims());
    Map<String, Object> taken = new HashMap<>();
    for (String name : allowed) {
      Object value = proved.get(name);
      if (value != null) {
        if (!isBounded(value)) {
          return Optional.empty();
        }
        taken.put(name, value);
      }
    }
    return Optional.of(taken);
  }

  private static boolean isBounded(Object value) {
    return switch (value) {
      case String text -> isBounded(text);
      case Boolean flag -> true;
      case Long number -> true;
      case Integer number -> true;
      case Double number -> Double.isFinite(number);
      case List<?> list ->
          list.size() <= MAX_ITEMS
              && list.stream().allMatch(item -> item instanceof String text && isBounded(text));
      default -> false;
    };
  }

  private static boolean isBounded(String text) {
    return text.length() <= MAX_TEXT && text.chars().noneMatch(Character::isISOControl);
  }
}
