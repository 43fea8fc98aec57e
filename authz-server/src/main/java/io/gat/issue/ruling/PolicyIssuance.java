package io.gat.issue.ruling;

import io.gat.policy.IssuanceRequest;
import io.gat.policy.IssuanceVerdict;
import io.gat.policy.IssuanceVerdict.Refusal;
import io.gat.policy.evaluate.IssuanceRules;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Rules by the {@code issuance:} documents as they are now. */
public final class PolicyIssuance implements Issuance {
  private final Supplier<IssuanceRules> rules;

  /** The rules may be replaced at any time; each ask is judged by one set of them. */
  public PolicyIssuance(Supplier<IssuanceRules> rules) {
    this.rules = rules;
  }

  @Override
  public Ruling rule(Ask ask, Instant now) {
    IssuanceRequest request =
        new IssuanceRequest(
            ask.caller().principal(),
            ask.audience(),
            new LinkedHashSet<>(ask.scopes()),
            ask.ttl().orElse(null));
    return switch (rules.get().judge(request)) {
      case IssuanceVerdict.Granted granted ->
          new Ruling.Granted(
              granted.rule().issuance() + "/" + granted.rule().name(),
              List.copyOf(granted.scopes()),
              granted.ttl(),
              granted.narrowed(),
              Optional.empty(),
              Map.of(),
              Map.of());
      case IssuanceVerdict.Refused refused -> refused(refused.why());
    };
  }

  private static Ruling.Refused refused(Refusal why) {
    return switch (why) {
      case NO_SCOPE ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_SCOPE, why.code(), "ask for at least one scope");
      case UNKNOWN_PRINCIPAL ->
          new Ruling.Refused(
              Ruling.OauthError.UNAUTHORIZED_CLIENT,
              why.code(),
              "no issuance rule names this principal");
      case WRONG_AUDIENCE ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_TARGET,
              why.code(),
              "no issuance rule gives this principal a token for this audience");
      case SCOPE_NOT_GRANTED ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_SCOPE,
              why.code(),
              "no issuance rule gives this principal all of these scopes");
      case SUBJECT_NOT_ALLOWED ->
          new Ruling.Refused(
              Ruling.OauthError.UNAUTHORIZED_CLIENT,
              why.code(),
              "no issuance rule gives this principal such a token on behalf of this subject");
      case TAG_NOT_ALLOWED ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_REQUEST,
              why.code(),
              "a tag is one of those that the issuance rule lists, with one of its values");
      case BINDING_NEEDED ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_REQUEST,
              why.code(),
              "the token would be bound to your certificate: ask over mutual TLS");
      case ATTESTATION_NEEDED ->
          new Ruling.Refused(
              Ruling.OauthError.ACCESS_DENIED,
              why.code(),
              "send a fresh result of the verifier that the issuance rule names");
      case APPROVAL_NEEDED ->
          new Ruling.Refused(
              Ruling.OauthError.ACCESS_DENIED, why.code(), "a second person has to approve it");
      case TTL_TOO_LONG ->
          new Ruling.Refused(
              Ruling.OauthError.INVALID_REQUEST,
              why.code(),
              "no issuance rule gives this principal a token for that long");
    };
  }
}
