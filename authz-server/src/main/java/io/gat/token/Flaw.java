package io.gat.token;

/** What is wrong with a token by itself, in the order of judgement; the first one counts. */
public enum Flaw {
  MALFORMED_TOKEN,
  UNKNOWN_ISSUER,
  ALG_NOT_ALLOWED,
  WRONG_TYPE,
  /** No trusted key of the issuer has the token's {@code kid} and fits its algorithm. */
  UNKNOWN_KEY,
  BAD_SIGNATURE,
  MISSING_CLAIM,
  LIFETIME_TOO_LONG,
  NOT_YET_VALID,
  EXPIRED
}
