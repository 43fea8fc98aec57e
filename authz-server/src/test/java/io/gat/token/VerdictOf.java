package io.gat.token;

/** Reads outcomes in tests. */
final class VerdictOf {
  private VerdictOf() {}

  /** The flaw; fails the test where there is none. */
  static Flaw flaw(Verification verification) {
    return rejected(verification).flaw();
  }

  static Verification.Rejected rejected(Verification verification) {
    if (verification instanceof Verification.Rejected rejected) {
      return rejected;
    }
    throw new AssertionError("not rejected: " + verification);
  }

  /** The token; fails the test where it is not verified. */
  static SignedToken token(Verification verification) {
    if (verification instanceof Verification.Verified verified) {
      return verified.token().token();
    }
    throw new AssertionError("not verified: " + verification);
  }
}
