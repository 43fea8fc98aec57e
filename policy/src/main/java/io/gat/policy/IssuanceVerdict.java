package io.gat.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What the issuance rules say of an {@link IssuanceRequest}. */
public sealed interface IssuanceVerdict {

  /**
   * The token may be minted. Its binding and its claims are the rule's {@link IssuanceTerms}.
   *
   * @param rule the one rule that grants all of it
   * @param scopes what the token may open, at least one, in the order asked for
   * @param ttl how long it may live
   * @param narrowed true where this is less than was asked for: the response must say so
   * @param tags those of the rule, and those asked for
   */
  record Granted(
      IssuanceRule rule,
      Set<String> scopes,
      Duration ttl,
      boolean narrowed,
      Map<String, String> tags)
      implements IssuanceVerdict {
    public Granted {
      Objects.requireNonNull(rule);
      scopes = Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
      tags = Map.copyOf(tags);
      if (scopes.isEmpty() || !ttl.isPositive()) {
        throw new IllegalArgumentException("a token has a scope and a life");
      }
    }
  }

  /**
   * No rule gives such a token.
   *
   * @param ifApproved what a second person's yes would make of it; there only with {@link
   *     Refusal#APPROVAL_NEEDED}
   */
  record Refused(Refusal why, Optional<Granted> ifApproved) implements IssuanceVerdict {
    public Refused {
      Objects.requireNonNull(why);
      if (ifApproved.isPresent() != (why == Refusal.APPROVAL_NEEDED)) {
        throw new IllegalArgumentException("just what lacks a yes can be had with one");
      }
    }

    /** Nobody's yes would help. */
    public Refused(Refusal why) {
      this(why, Optional.empty());
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
    /** No rule gives this principal such a token on behalf of this subject. */
    SUBJECT_NOT_ALLOWED,
    /** No rule gives all of the scopes, and none that narrows gives one of them. */
    SCOPE_NOT_GRANTED,
    /** A rule gives the scopes, but not for that long, and it does not narrow. */
    TTL_TOO_LONG,
    /** A rule gives all of that, but not with these tags. */
    TAG_NOT_ALLOWED,
    /** The token would be bound to the caller's certificate, and there is none. */
    BINDING_NEEDED,
    /** A verifier must say something of the caller, and does not, or did too long ago. */
    ATTESTATION_NEEDED,
    /** Nothing but a second person's yes is missing. */
    APPROVAL_NEEDED;

    /** The code that tests and logs see. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
