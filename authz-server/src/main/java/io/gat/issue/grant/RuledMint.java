package io.gat.issue.grant;

import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintContext;
import io.gat.issue.MintRequest;
import io.gat.issue.caller.Caller;
import io.gat.issue.ruling.Ask;
import io.gat.issue.ruling.Issuance;
import io.gat.issue.ruling.Ruling;
import io.gat.issue.ruling.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The end of a request's way: the rule, and the token that it grants. For one thread. */
final class RuledMint {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Parts parts;
  private final TokenCall call;
  private final Attempt attempt;
  private final Instant now;

  /** What all requests share. */
  record Parts(Issuance issuance, AuditedMinter minter) {}

  RuledMint(Parts parts, TokenCall call, Attempt attempt, Instant now) {
    this.parts = parts;
    this.call = call;
    this.attempt = attempt;
    this.now = now;
  }

  /** A token by the issuance rules for whoever asks. */
  Step<Reply> byRule(Caller caller, Optional<Subject> subject, Wish wish, String issuedType) {
    attempt.by(caller);
    subject.ifPresent(s -> attempt.detail("on_behalf_of", Delegation.told(s)));
    if (wish.target().isEmpty()) {
      return Step.refused(
          TokenError.INVALID_TARGET, "missing_target", "say for whom, with audience or resource");
    }
    if (wish.binding() == Wish.Bound.TO_CERTIFICATE && call.thumbprint().isEmpty()) {
      return Step.refused(
          TokenError.INVALID_REQUEST,
          "no_certificate",
          "there is no TLS certificate to bind the token to");
    }
    Ask ask =
        new Ask(
            caller,
            subject,
            wish.target().get(),
            wish.scopes(),
            wish.ttl().orElse(null),
            call.thumbprint(),
            wish.tags(),
            wish.attestations(),
            wish.approval());
    return switch (parts.issuance().rule(ask, now)) {
      case Ruling.Granted granted -> granted(granted, ask, wish, issuedType);
      case Ruling.Refused(Ruling.OauthError error, String code, String description) ->
          Step.refused(TokenError.of(error), code, description);
      case Ruling.Throttled(Duration after) -> Step.ended(new Reply.Throttled(after));
      case Ruling.Unavailable(String why) ->
          Step.ended(new Reply.Unavailable("ruling_unknown", why));
    };
  }

  private Step<Reply> granted(Ruling.Granted granted, Ask ask, Wish wish, String issuedType) {
    Caller caller = ask.caller();
    if (!granted.approval().isEmpty()) {
      attempt.detail("approval", granted.approval());
    }
    Step<MintContext> context =
        ask.subject().isPresent()
            ? Delegation.context(caller, ask.subject().get())
            : Step.done(MintContext.none());
    return context.then(
        begun -> {
          MintContext whole = tied(begun.endingBy(caller.until()), granted, wish);
          if (!whole.notAfter().isAfter(now.plusSeconds(1))) {
            return Step.refused(
                TokenError.INVALID_REQUEST,
                "expired",
                "what was shown ends now, and no token lives longer");
          }
          return Step.done(mint(request(granted, ask, whole), granted.rule(), issuedType));
        });
  }

  private MintContext tied(MintContext begun, Ruling.Granted granted, Wish wish) {
    MintContext context = begun;
    Optional<String> certificate =
        granted
            .certificate()
            .or(
                () ->
                    switch (wish.binding()) {
                      case BY_RULE -> Optional.empty();
                      case TO_CERTIFICATE -> call.thumbprint();
                    });
    if (certificate.isPresent()) {
      context = context.boundTo(certificate.get());
    }
    return granted.tags().isEmpty()
        ? context
        : context.with(MintContext.TAGS, new HashMap<String, Object>(granted.tags()));
  }

  private MintRequest request(Ruling.Granted granted, Ask ask, MintContext context) {
    for (String written : MintContext.WRITTEN) {
      if (granted.claims().containsKey(written)) {
        throw new IllegalArgumentException("a rule gives " + written + ", which it cannot");
      }
    }
    return new MintRequest(
        ask.audience(),
        granted.scopes(),
        ask.subject().map(Delegation::subject).orElse(ask.caller().subject()),
        ask.caller().client(),
        shorter(granted.ttl(), MintRequest.MAX_TTL),
        ask.subject().map(Delegation::txn).orElse(""),
        granted.claims(),
        context);
  }

  /** Mints, and waits until the audit log has it. */
  Reply mint(MintRequest request, String rule, String issuedType) {
    AuditedMinter.Cause cause =
        new AuditedMinter.Cause(
            attempt.actor(), rule, call.requestId(), call.traceId(), attempt.details());
    AuditedMinter.Outcome outcome;
    try {
      outcome =
          parts
              .minter()
              .mint(request, Jitter.SHORTER, cause)
              .get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (IllegalArgumentException e) {
      return new Reply.Refused(
          TokenError.INVALID_REQUEST, "not_mintable", String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.Unavailable("log_unknown", "interrupted");
    } catch (ExecutionException | TimeoutException e) {
      return new Reply.Unavailable("log_unknown", "the audit log does not answer");
    }
    return switch (outcome) {
      case AuditedMinter.Outcome.Minted minted ->
          new Reply.Granted(
              minted.token(),
              request.scopes(),
              Duration.ofSeconds(
                  Math.max(0, minted.token().expiresAt().getEpochSecond() - now.getEpochSecond())),
              issuedType);
      case AuditedMinter.Outcome.Revoked revoked ->
          new Reply.Refused(
              TokenError.ACCESS_DENIED, "revoked", "a revocation in force hits this token");
      case AuditedMinter.Outcome.Unavailable unavailable ->
          new Reply.Unavailable("not_minted", unavailable.why());
    };
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
