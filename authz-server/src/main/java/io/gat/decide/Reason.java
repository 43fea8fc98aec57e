package io.gat.decide;

/**
 * Why a decision is what it is: a fixed code, part of gat's contract (DESIGN.md, section 8). The
 * constants stand in the order of judgement within their group.
 */
public enum Reason {
  OK("ok", 200),

  AMBIGUOUS_REQUEST("ambiguous_request", 400),

  NO_SERVICE("no_service", 403),
  NO_RULE("no_rule", 403),
  DENIED_BY_RULE("denied_by_rule", 403),

  NO_TOKEN("no_token", 401),
  MALFORMED_TOKEN("malformed_token", 401),
  UNKNOWN_ISSUER("unknown_issuer", 401),
  ALG_NOT_ALLOWED("alg_not_allowed", 401),
  WRONG_TYPE("wrong_type", 401),
  UNKNOWN_KEY("unknown_key", 401),
  BAD_SIGNATURE("bad_signature", 401),
  MISSING_CLAIM("missing_claim", 401),
  LIFETIME_TOO_LONG("lifetime_too_long", 401),
  NOT_YET_VALID("not_yet_valid", 401),
  EXPIRED("expired", 401),
  WRONG_AUDIENCE("wrong_audience", 401),
  REVOKED("revoked", 401),
  BINDING_MISMATCH("binding_mismatch", 401),
  REPLAYED("replayed", 401),
  TOO_OLD("too_old", 401),

  INSUFFICIENT_SCOPE("insufficient_scope", 403),
  CONDITION_FALSE("condition_false", 403),

  REVOCATION_STALE("revocation_stale", 503),
  KEYS_UNAVAILABLE("keys_unavailable", 503),
  OVERLOADED("overloaded", 503),
  INTERNAL_ERROR("internal_error", 503);

  private final String code;
  private final int status;

  Reason(String code, int status) {
    this.code = code;
    this.status = status;
  }

  /** The code that callers, logs and metrics see. */
  public String code() {
    return code;
  }

  /** The word of RFC 6750 (section 3.1) or of gat that stands beside the reason in an answer. */
  public String error() {
    return switch (this) {
      case OK -> throw new IllegalArgumentException("an allowed call has no error");
      case AMBIGUOUS_REQUEST -> "invalid_request";
      case NO_TOKEN -> "unauthorized";
      case MALFORMED_TOKEN,
          UNKNOWN_ISSUER,
          ALG_NOT_ALLOWED,
          WRONG_TYPE,
          UNKNOWN_KEY,
          BAD_SIGNATURE,
          MISSING_CLAIM,
          LIFETIME_TOO_LONG,
          NOT_YET_VALID,
          EXPIRED,
          WRONG_AUDIENCE,
          REVOKED,
          BINDING_MISMATCH,
          REPLAYED,
          TOO_OLD ->
          "invalid_token";
      case INSUFFICIENT_SCOPE -> "insufficient_scope";
      case NO_SERVICE, NO_RULE, DENIED_BY_RULE, CONDITION_FALSE -> "access_denied";
      case REVOCATION_STALE, KEYS_UNAVAILABLE, OVERLOADED, INTERNAL_ERROR -> "unavailable";
    };
  }

  /** The HTTP status of an answer with this reason. */
  public int status() {
    return status;
  }
}
