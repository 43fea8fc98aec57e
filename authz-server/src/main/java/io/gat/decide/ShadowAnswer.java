package io.gat.decide;

import io.gat.policy.Rule;
import io.gat.policy.Service;
import java.util.Locale;
import java.util.Objects;

/**
 * What a policy says of a check, as far as two policies are compared: never an answer that anybody
 * gets.
 *
 * @param service the service's name; empty where none was found
 * @param rule the name of the rule that decided; empty where none did
 */
public record ShadowAnswer(Kind kind, Reason reason, String service, String rule) {
  public ShadowAnswer {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(service);
    Objects.requireNonNull(rule);
    if (kind.allows() != (reason == Reason.OK)) {
      throw new IllegalArgumentException("an allow, and nothing else, has the reason ok");
    }
  }

  /** What kind of answer it is: two policies disagree about a check where these differ. */
  public enum Kind {
    /** The call may pass, by its token. */
    ALLOW,
    /** The call may pass without a token, whoever calls. */
    PUBLIC,
    DENY,
    ERROR;

    boolean allows() {
      return switch (this) {
        case ALLOW, PUBLIC -> true;
        case DENY, ERROR -> false;
      };
    }

    /** The word in records and metrics. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ShadowAnswer of(Decision decision) {
    Facts facts = decision.facts();
    return new ShadowAnswer(
        switch (decision) {
          // Not by the rule: what is public may ask for a token where the route asks for scopes.
          case Decision.Allow allow -> allow.token().isPresent() ? Kind.ALLOW : Kind.PUBLIC;
          case Decision.Deny deny -> Kind.DENY;
          case Decision.Failed failed -> Kind.ERROR;
        },
        decision.reason(),
        facts.service().map(Service::name).orElse(""),
        facts.rule().map(Rule::name).orElse(""));
  }
}
