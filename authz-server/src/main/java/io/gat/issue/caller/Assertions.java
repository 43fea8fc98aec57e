package io.gat.issue.caller;

import io.gat.token.AssertionVerifier;
import io.gat.token.VerifiedAssertion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What is the same for all who judge signed assertions. */
final class Assertions {
  /** RFC 7523, section 2.2. */
  static final String CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /** The OAuth draft on client authentication by SPIFFE. */
  static final String CLIENT_ASSERTION_SPIFFE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

  /** The assertion's client is not the one that stands beside it (RFC 7521, section 4.2). */
  static final String CLIENT_MISMATCH = "client_mismatch";

  private static final String TOKEN_TYPE = "urn:ietf:params:oauth:token-type:";

  /** As which a JWT-SVID may come, and nothing else. */
  static final String TOKEN_TYPE_SPIFFE = TOKEN_TYPE + "jwt-spiffe";

  /** Genuine, and for somebody else, too. */
  private static final String WRONG_AUDIENCE = "wrong_audience";

  /** As which a token of somebody else may come (RFC 8693, section 3), or a grant's assertion. */
  private static final Set<String> FOREIGN =
      Set.of(
          "",
          CLIENT_ASSERTION,
          TOKEN_TYPE + "jwt",
          TOKEN_TYPE + "id_token",
          TOKEN_TYPE + "access_token");

  private Assertions() {}

  /** True where it comes as a token of somebody else may come. */
  static boolean isForeign(Shown.Assertion shown) {
    return FOREIGN.contains(shown.type());
  }

  /**
   * What a result proves.
   *
   * @param signer for the operator, where nobody can tell
   * @param judge what is left to judge of an assertion that is genuine
   */
  static Proof proof(
      AssertionVerifier.Result result, String signer, Function<VerifiedAssertion, Proof> judge) {
    return switch (result) {
      case AssertionVerifier.Result.Genuine genuine -> judge.apply(genuine.assertion());
      case AssertionVerifier.Result.NotMine none -> new Proof.NotMine();
      case AssertionVerifier.Result.Refused refused -> new Proof.Refused(refused.code());
      case AssertionVerifier.Result.Unavailable none ->
          new Proof.Unavailable(
              signer + ": nobody can tell now whether its assertions are genuine");
    };
  }

  /**
   * Whether an audience is one that may stand here. Where the assertion authenticates a client it
   * is this one alone, whatever else the configuration lets tokens be for (RFC 7523 as updated):
   * nobody whom it is for, too, could show it as that client.
   *
   * @param audience whom it has to be for
   * @param form how the signer writes a single audience
   */
  static Optional<Proof> otherAudience(
      VerifiedAssertion genuine, Shown.Assertion shown, String audience, Single form) {
    boolean client =
        shown.type().equals(CLIENT_ASSERTION) || shown.type().equals(CLIENT_ASSERTION_SPIFFE);
    Object given = genuine.claims().get("aud");
    boolean alone =
        audience.equals(given) || (form == Single.TEXT_OR_LIST && List.of(audience).equals(given));
    return client && !alone ? Optional.of(new Proof.Refused(WRONG_AUDIENCE)) : Optional.empty();
  }

  /** How a signer writes a single audience. */
  enum Single {
    TEXT,
    /** Kubernetes and SPIRE write a list in any case. */
    TEXT_OR_LIST
  }

  /** The caller, where the {@code client_id} beside the assertion is absent or its own. */
  static Proof of(Caller caller, Shown.Assertion shown) {
    return shown.client().isEmpty() || shown.client().equals(caller.client())
        ? new Proof.Proved(caller)
        : new Proof.Refused(CLIENT_MISMATCH);
  }
}
