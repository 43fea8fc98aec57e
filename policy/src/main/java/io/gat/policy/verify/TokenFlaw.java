package io.gat.policy.verify;

import io.gat.policy.parse.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a test may have wrong with a token; each is named after the reason that it leads to. */
public enum TokenFlaw {
  MALFORMED_TOKEN,
  UNKNOWN_ISSUER,
  ALG_NOT_ALLOWED,
  WRONG_TYPE,
  /** The issuer's keys are not there at all. */
  KEYS_UNAVAILABLE,
  UNKNOWN_KEY,
  BAD_SIGNATURE,
  MISSING_CLAIM,
  LIFETIME_TOO_LONG,
  NOT_YET_VALID,
  EXPIRED,
  WRONG_AUDIENCE,
  REVOKED,
  /** Bound to the certificate of somebody else. */
  BINDING_MISMATCH,
  /** Nobody knows whether the token was revoked. */
  REVOCATION_STALE;

  /** How a test file writes it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Also without the word {@code token}: {@code malformed}. */
  static Optional<TokenFlaw> of(String written) {
    return Arrays.stream(values())
        .filter(f -> f.code().equals(written) || f.code().equals(written + "_token"))
        .findFirst();
  }

  static String remedy(String written) {
    List<String> known = Arrays.stream(values()).map(TokenFlaw::code).toList();
    return Spelling.remedy(written, known);
  }
}
