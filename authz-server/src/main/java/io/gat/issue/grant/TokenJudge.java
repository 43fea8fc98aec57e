package io.gat.issue.grant;

import io.gat.issue.caller.Caller;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Secret;
import io.gat.issue.caller.Shown;
import io.gat.issue.ruling.Subject;
import io.gat.issue.ruling.Throttle;
import io.gat.revocation.Moment;
import io.gat.token.SignedToken;
import io.gat.token.VerifiedToken;
import java.util.Optional;

/** One request on its way: who asks, by which grant, and for whom. For one thread. */
final class TokenJudge {
  private final Parts parts;
  private final TokenCall call;
  private final Attempt attempt;
  private final Moment now;
  private final RuledMint minting;

  /** What all requests share. */
  record Parts(String issuer, Callers callers, OwnTokens own, RuledMint.Parts minting) {}

  TokenJudge(Parts parts, TokenCall call, Attempt attempt, Moment now) {
    this.parts = parts;
    this.call = call;
    this.attempt = attempt;
    this.now = now;
    this.minting = new RuledMint(parts.minting(), call, attempt, now.wall());
  }

  /** Goes it. */
  Reply go() {
    return TokenRequestReader.read(call.parameters())
        .then(
            request -> {
              attempt.asks(request);
              return ClientAuthentication.read(call).then(shown -> judge(request, shown));
            })
        .reply(granted -> granted);
  }

  private Step<Reply> judge(TokenRequest request, Optional<Shown> shown) {
    return switch (request) {
      case TokenRequest.ClientCredentials asked ->
          Identification.ofClient(parts.callers(), shown.or(call::certificates), now.wall())
              .then(caller -> minting.byRule(caller, Optional.empty(), asked.wish(), ""));
      case TokenRequest.JwtBearer asked ->
          assertion(asked.assertion())
              .then(
                  subject ->
                      caller(shown, Optional.empty())
                          .then(caller -> onBehalfOf(subject, caller, asked.wish(), "")));
      case TokenRequest.Exchange asked ->
          actor(asked.actor())
              .then(actor -> caller(shown, actor).then(caller -> exchange(asked, caller)));
    };
  }

  private Step<Caller> identify(Shown shown, TokenError error) {
    return Identification.of(parts.callers(), shown, error, now.wall());
  }

  /**
   * The assertion of a JWT bearer grant: its audience is the issuer and nobody else, one string
   * (RFC 7523 as updated), so that it could not be meant for, or taken from, anybody else.
   */
  private Step<Caller> assertion(Secret compact) {
    return identify(new Shown.Assertion("", "", compact), TokenError.INVALID_GRANT)
        .then(
            subject ->
                parts.issuer().equals(subject.claims().get("aud"))
                    ? Step.done(subject)
                    : Step.refused(
                        TokenError.INVALID_GRANT,
                        "wrong_audience",
                        "the assertion's aud must be the issuer identifier alone, one string"));
  }

  private Step<Optional<Caller>> actor(Optional<TokenRequest.ActorToken> token) {
    if (token.isEmpty()) {
      return Step.done(Optional.empty());
    }
    Secret compact = token.get().token();
    return switch (parts.own().judge(compact.reveal(), now)) {
      case OwnTokens.Worth.Foreign foreign ->
          identify(new Shown.Assertion("", token.get().type(), compact), TokenError.INVALID_REQUEST)
              .then(actor -> Step.done(Optional.of(actor)));
      case OwnTokens.Worth.Valid valid -> gatAsActor();
      case OwnTokens.Worth.Worthless worthless -> gatAsActor();
      case OwnTokens.Worth.Unknown unknown -> gatAsActor();
    };
  }

  /** Who asks; empty where nobody has proved it besides the subject token. */
  private Step<Optional<Caller>> caller(Optional<Shown> shown, Optional<Caller> actor) {
    Step<Optional<Caller>> client =
        shown.isPresent()
            ? identify(shown.get(), TokenError.INVALID_CLIENT)
                .then(caller -> Step.done(Optional.of(caller)))
            : byCertificate();
    return client.then(
        caller -> {
          if (caller.isPresent()
              && actor.isPresent()
              && !caller.get().principal().equals(actor.get().principal())) {
            return Step.refused(
                TokenError.INVALID_REQUEST,
                "actor_mismatch",
                "the actor token proves somebody else than who asks");
          }
          Optional<Caller> who = caller.or(() -> actor);
          who.ifPresent(attempt::by);
          return Step.done(who);
        });
  }

  /** A certificate comes with the connection: one that proves nobody is no refusal. */
  private Step<Optional<Caller>> byCertificate() {
    if (call.certificates().isEmpty()) {
      return Step.done(Optional.empty());
    }
    return switch (parts.callers().identify(call.certificates().get(), now.wall())) {
      case Proof.Proved(Caller caller) -> Step.done(Optional.of(caller));
      case Proof.Refused refused -> Step.done(Optional.empty());
      case Proof.NotMine notMine -> Step.done(Optional.empty());
      case Proof.Unavailable(String why) ->
          Step.ended(new Reply.Unavailable("caller_unknown", why));
    };
  }

  private Step<Reply> exchange(TokenRequest.Exchange asked, Optional<Caller> caller) {
    return switch (parts.own().judge(asked.subject().reveal(), now)) {
      case OwnTokens.Worth.Foreign foreign ->
          identify(
                  new Shown.Assertion("", asked.subjectType(), asked.subject()),
                  TokenError.INVALID_REQUEST)
              .then(subject -> onBehalfOf(subject, caller, asked.wish(), asked.issuedType()));
      case OwnTokens.Worth.Worthless(String code) ->
          Step.refused(TokenError.INVALID_REQUEST, code, "the subject token is not valid: " + code);
      case OwnTokens.Worth.Unknown(String code, String why) ->
          Step.ended(new Reply.Unavailable(code, why));
      case OwnTokens.Worth.Valid(VerifiedToken gat) ->
          Delegation.allowed(gat.token().claims(), parts.issuer(), caller, parts.issuer())
              .then(allowed -> held(gat, caller, asked));
    };
  }

  /** Its own client, or nobody known, narrows it; anybody else acts on behalf of its subject. */
  private Step<Reply> held(
      VerifiedToken gat, Optional<Caller> caller, TokenRequest.Exchange asked) {
    if (caller.isPresent() && !caller.get().client().equals(gat.token().client())) {
      return minting.byRule(
          caller.get(), Optional.of(new Subject.Held(gat)), asked.wish(), asked.issuedType());
    }
    return switch (parts.minting().issuance().admit(principal(gat.token().client()))) {
      case Throttle.Admission.Later later -> Step.ended(new Reply.Throttled(later.pause()));
      case Throttle.Admission.Now admitted -> narrow(gat.token(), asked);
    };
  }

  /**
   * Whose limits count: the principal whose {@code client_id} it is, as issuance rules write it.
   */
  private static String principal(String client) {
    return client.indexOf(':') < 0 ? "client:" + client : client;
  }

  private Step<Reply> narrow(SignedToken parent, TokenRequest.Exchange asked) {
    attempt.byHolderOf(parent);
    attempt.detail("narrowed_from", parent.tokenId());
    return Narrowing.cut(parent, asked.wish(), call.thumbprint(), now.wall())
        .then(request -> Step.done(minting.mint(request, "", asked.issuedType())));
  }

  /** A foreign token's subject asks for itself where nobody else asks. */
  private Step<Reply> onBehalfOf(
      Caller subject, Optional<Caller> caller, Wish wish, String issuedType) {
    Caller asking = caller.orElse(subject);
    return Delegation.allowed(
            subject.claims(), Delegation.issuer(subject), Optional.of(asking), parts.issuer())
        .then(
            allowed ->
                minting.byRule(
                    asking,
                    asking.principal().equals(subject.principal())
                        ? Optional.empty()
                        : Optional.of(new Subject.Proved(subject)),
                    wish,
                    issuedType));
  }

  private static <T> Step<T> gatAsActor() {
    return Step.refused(
        TokenError.INVALID_REQUEST,
        "gat_as_actor",
        "a gat does not prove who acts: it can only be narrowed");
  }
}
