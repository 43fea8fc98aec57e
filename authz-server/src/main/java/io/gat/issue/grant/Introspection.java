package io.gat.issue.grant;

import io.gat.audit.AuditTrail;
import io.gat.issue.caller.Caller;
import io.gat.issue.ruling.Throttle;
import io.gat.revocation.Moment;
import io.gat.token.SignedToken;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Introspection (RFC 7662) of the issuer's own tokens. A caller learns of tokens that it presents
 * itself, and of those for audiences that the configuration gives to it; of every other token it
 * hears that it is not active, as of one that is expired, revoked or made up.
 */
public final class Introspection {
  private static final String INACTIVE = "{\"active\":false}";

  private final TokenJudge.Parts parts;
  private final Semaphore places;
  private final AuditTrail refusals;
  private final Map<String, Set<String>> audiences;
  private final Moment.Source clock;

  /**
   * An introspection endpoint.
   *
   * @param places for requests that are judged at a time
   * @param refusals takes what is refused; nobody waits for it
   * @param audiences by principal: of whose tokens it may learn besides
   */
  Introspection(
      TokenJudge.Parts parts,
      Semaphore places,
      AuditTrail refusals,
      Map<String, Set<String>> audiences,
      Moment.Source clock) {
    this.parts = Objects.requireNonNull(parts);
    this.places = Objects.requireNonNull(places);
    this.refusals = Objects.requireNonNull(refusals);
    this.audiences = Map.copyOf(audiences);
    this.clock = Objects.requireNonNull(clock);
  }

  /** What is answered. */
  public sealed interface Answer {
    /** A JSON object with {@code active}. */
    record Told(String json) implements Answer {}

    /** Nothing is told; the reply is a refusal or that nobody knows. */
    record Not(Reply reply) implements Answer {}
  }

  /** Answers one request. */
  public Answer answer(TokenCall call) {
    if (!places.tryAcquire()) {
      return new Answer.Not(new Reply.Unavailable("overloaded", "too many requests at a time"));
    }
    try {
      return judge(call, new Attempt());
    } finally {
      places.release();
    }
  }

  private Answer judge(TokenCall call, Attempt attempt) {
    Moment now = clock.now();
    attempt.detail("endpoint", "introspection");
    Step<String> told =
        ClientAuthentication.read(call)
            .then(
                shown ->
                    Identification.ofClient(
                        parts.callers(), shown.or(call::certificates), now.wall()))
            .then(
                caller -> {
                  attempt.by(caller);
                  return admitted(caller);
                })
            .then(caller -> token(call).then(compact -> tell(compact, caller, now)));
    return switch (told) {
      case Step.Done<String>(String json) -> new Answer.Told(json);
      case Step.Ended<String>(Reply reply) -> {
        audit(reply, attempt, call);
        yield new Answer.Not(reply);
      }
    };
  }

  private Step<Caller> admitted(Caller caller) {
    return switch (parts.minting().issuance().admit(caller.principal())) {
      case Throttle.Admission.Later later -> Step.ended(new Reply.Throttled(later.pause()));
      case Throttle.Admission.Now admitted -> Step.done(caller);
    };
  }

  private void audit(Reply reply, Attempt attempt, TokenCall call) {
    switch (reply) {
      case Reply.Refused refused -> {
        var _ = refusals.record(attempt.refused(refused.code(), call));
      }
      case Reply.Throttled throttled -> {
        var _ = refusals.record(attempt.refused("throttled", call));
      }
      case Reply.Unavailable unavailable -> {}
      case Reply.Granted granted -> throw new IllegalStateException("nothing is granted here");
    }
  }

  private static Step<String> token(TokenCall call) {
    List<String> tokens = call.parameters().all("token");
    return tokens.size() == 1
        ? Step.done(tokens.getFirst())
        : Step.refused(
            TokenError.INVALID_REQUEST,
            "missing_parameter",
            "post one parameter named token (RFC 7662, section 2.1)");
  }

  private Step<String> tell(String compact, Caller caller, Moment now) {
    return switch (parts.own().judge(compact, now)) {
      case OwnTokens.Worth.Valid(var gat) ->
          Step.done(
              mayKnow(caller, gat.token()) && gat.token().expiresAt().isAfter(now.wall())
                  ? GrantJson.active(gat.token())
                  : INACTIVE);
      case OwnTokens.Worth.Foreign foreign -> Step.done(INACTIVE);
      case OwnTokens.Worth.Worthless worthless -> Step.done(INACTIVE);
      case OwnTokens.Worth.Unknown(String code, String why) ->
          Step.ended(new Reply.Unavailable(code, why));
    };
  }

  private boolean mayKnow(Caller caller, SignedToken token) {
    return token.client().equals(caller.client())
        || token.audiences().stream()
            .anyMatch(audiences.getOrDefault(caller.principal(), Set.of())::contains);
  }
}
