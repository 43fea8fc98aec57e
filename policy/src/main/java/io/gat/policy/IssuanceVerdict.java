package io.gat.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** What the issuance rules say of an {@link IssuanceRequest}. */
public sealed interface IssuanceVerdict {

  /**
   * The token may be minted.
   *
   * @param rule the one rule that grants all of it
   * @param scopes what the token may open, at least one, in the order asked for
   * @param ttl how long it may live
   * @param narrowed true where this is less than was asked for: the response must say so
   */
  record Granted(IssuanceRule rule, Set<String> scopes, Duration ttl, boolean narrowed)
      implements IssuanceVerdict {
    public Granted {
      Objects.requireNonNull(rule);
      scopes = Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
      if (scopes.isEmpty() || !ttl.isPositive()) {
        throw new IllegalArgumentException("a token has a scope and a life");
      }
    }
  }

  /** No rule gives such a token. */
  record Refused(Refusal why) implements IssuanceVerdict {
    public Refused {
      Objects.requireNonNull(why);
    }
  }

  /** Why a request is refused, in the order of judgement: how far the best rule got. */
  enum Refusal {
    /** The request asks for no scope. */
    NO_SCOPE,
    /** No rule names the principal. */
    UNKNOWN_PRINCIPAL,
    /** No rule gives this principal a token for this audience. */
    WRONG_AUDIENCE,
    /** No rule gives all of the scopes, and none that narrows gives one of them. */
    SCOPE_NOT_GRANTED,
    /** A rule gives the scopes, but not for that long, and it does not narrow. */
    TTL_TOO_LONG;

    /** The code that tests and logs see. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
