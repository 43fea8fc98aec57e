package io.gat.decide.explain;

import io.gat.decide.Reason;
import java.util.Locale;
import java.util.Optional;

/**
 * The steps of a check in the order of judgement (DESIGN.md, section 3), and two that the order
 * leaves to the reader: whether there is a rule at all, and whether revocations are fresh.
 */
public enum Step {
  AMBIGUOUS,
  SERVICE,
  DENY_RULE,
  RULE,
  PUBLIC_RULE,
  CREDENTIAL,
  MALFORMED,
  ISSUER,
  ALGORITHM,
  TYPE,
  KEY,
  SIGNATURE,
  MISSING_CLAIM,
  LIFETIME,
  NOT_BEFORE,
  EXPIRY,
  AUDIENCE,
  REVOKED,
  BINDING,
  AGE,
  SCOPE,
  CONDITION,
  FRESHNESS;

  /** What people and programs read, such as {@code deny rule}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** True for the steps that read a token, which a public rule leaves out. */
  boolean readsToken() {
    return compareTo(CREDENTIAL) >= 0 && this != CONDITION;
  }

  /** Which step ends a check with this reason; empty for an allow, and where none was begun. */
  static Optional<Step> of(Reason reason) {
    return Optional.ofNullable(
        switch (reason) {
          case OK, OVERLOADED, INTERNAL_ERROR -> null;
          case AMBIGUOUS_REQUEST -> AMBIGUOUS;
          case NO_SERVICE -> SERVICE;
          case NO_RULE -> RULE;
          case DENIED_BY_RULE -> DENY_RULE;
          case NO_TOKEN -> CREDENTIAL;
          case MALFORMED_TOKEN -> MALFORMED;
          case UNKNOWN_ISSUER -> ISSUER;
          case ALG_NOT_ALLOWED -> ALGORITHM;
          case WRONG_TYPE -> TYPE;
          case UNKNOWN_KEY, KEYS_UNAVAILABLE -> KEY;
          case BAD_SIGNATURE -> SIGNATURE;
          case MISSING_CLAIM -> MISSING_CLAIM;
          case LIFETIME_TOO_LONG -> LIFETIME;
          case NOT_YET_VALID -> NOT_BEFORE;
          case EXPIRED -> EXPIRY;
          case WRONG_AUDIENCE -> AUDIENCE;
          case REVOKED, REPLAYED -> REVOKED;
          case BINDING_MISMATCH -> BINDING;
          case TOO_OLD -> AGE;
          case INSUFFICIENT_SCOPE -> SCOPE;
          case CONDITION_FALSE -> CONDITION;
          case REVOCATION_STALE -> FRESHNESS;
        });
  }
}
