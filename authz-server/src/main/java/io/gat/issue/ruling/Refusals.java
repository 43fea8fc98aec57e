package io.gat.issue.ruling;

import io.gat.issue.ruling.Ruling.OauthError;
import io.gat.policy.IssuanceVerdict.Refusal;

/** What a caller is told of each refusal. */
final class Refusals {
  private Refusals() {}

  /** RFC 6749, section 5.2; RFC 8693, section 2.2.2; RFC 8707, section 2. */
  static OauthError error(Refusal why) {
    return switch (why) {
      case NO_SCOPE, SCOPE_NOT_GRANTED -> OauthError.INVALID_SCOPE;
      case UNKNOWN_PRINCIPAL, SUBJECT_NOT_ALLOWED -> OauthError.UNAUTHORIZED_CLIENT;
      case WRONG_AUDIENCE -> OauthError.INVALID_TARGET;
      case TTL_TOO_LONG, TAG_NOT_ALLOWED, BINDING_NEEDED -> OauthError.INVALID_REQUEST;
      case ATTESTATION_NEEDED, APPROVAL_NEEDED -> OauthError.ACCESS_DENIED;
    };
  }

  static String description(Refusal why) {
    return switch (why) {
      case NO_SCOPE -> "ask for at least one scope";
      case UNKNOWN_PRINCIPAL -> "no issuance rule names this principal";
      case WRONG_AUDIENCE -> "no issuance rule gives this principal a token for this audience";
      case SUBJECT_NOT_ALLOWED ->
          "no issuance rule gives this principal such a token about this subject";
      case SCOPE_NOT_GRANTED -> "no issuance rule gives this principal all of these scopes";
      case TTL_TOO_LONG -> "no issuance rule gives this principal a token for that long";
      case TAG_NOT_ALLOWED -> "a tag is one that the issuance rule lists, with one of its values";
      case BINDING_NEEDED ->
          "the token would be bound to your certificate: ask over TLS that shows one";
      case ATTESTATION_NEEDED -> "send a fresh result of the verifier that the issuance rule names";
      case APPROVAL_NEEDED -> "a second person has to approve it, and nobody can be asked here";
    };
  }
}
