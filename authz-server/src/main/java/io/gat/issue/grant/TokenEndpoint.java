package io.gat.issue.grant;

import io.gat.audit.AuditTrail;
import io.gat.issue.AuditedMinter;
import io.gat.issue.caller.Callers;
import io.gat.issue.ruling.Issuance;
import io.gat.revocation.Moment;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * The token endpoint: from a request to a token, or to the reason why there is none.
 *
 * <p>Who asks is who has proved it: by one of the methods of {@link ClientAuthentication}, by an
 * actor token, by the TLS certificate where none of these is shown, and in the end by the subject
 * token or assertion itself, whose subject then asks for itself. Rules are judged for whoever asks.
 * Only one thing takes neither proof nor rule: {@linkplain Narrowing to cut down} a gat that one
 * holds. A gat proves its holder no more than that.
 */
public final class TokenEndpoint {
  /** Requests that are judged at a time; each has a virtual thread, and waits for the log. */
  private static final int MOST_AT_A_TIME = 1_024;

  private final TokenJudge.Parts parts;
  private final AuditTrail refusals;
  private final Moment.Source clock;
  private final TokenRequests counted;
  private final Semaphore places;

  /**
   * An endpoint.
   *
   * @param issuer the {@code iss} of its tokens, and the audience of assertions
   * @param refusals takes what is refused; nobody waits for it
   */
  public TokenEndpoint(
      String issuer,
      Callers callers,
      Issuance issuance,
      OwnTokens own,
      AuditedMinter minter,
      AuditTrail refusals,
      Moment.Source clock,
      TokenRequests counted) {
    this(
        issuer,
        callers,
        issuance,
        own,
        minter,
        refusals,
        clock,
        counted,
        new Semaphore(MOST_AT_A_TIME));
  }

  TokenEndpoint(
      String issuer,
      Callers callers,
      Issuance issuance,
      OwnTokens own,
      AuditedMinter minter,
      AuditTrail refusals,
      Moment.Source clock,
      TokenRequests counted,
      Semaphore places) {
    this.parts = new TokenJudge.Parts(issuer, callers, own, new RuledMint.Parts(issuance, minter));
    this.refusals = Objects.requireNonNull(refusals);
    this.clock = Objects.requireNonNull(clock);
    this.counted = Objects.requireNonNull(counted);
    this.places = Objects.requireNonNull(places);
  }

  /**
   * Introspection by the same callers, in the same places and by the same limits.
   *
   * @param audiences by principal: of whose tokens it may learn besides
   */
  public Introspection introspection(Map<String, Set<String>> audiences) {
    return new Introspection(parts, places, refusals, audiences, clock);
  }

  /** Answers one request. */
  public Reply answer(TokenCall call) {
    Moment arrived = clock.now();
    Attempt attempt = new Attempt();
    Reply reply;
    if (places.tryAcquire()) {
      try {
        reply = new TokenJudge(parts, call, attempt, arrived).go();
      } finally {
        places.release();
      }
    } else {
      reply = new Reply.Unavailable("overloaded", "too many token requests at a time");
    }
    tell(reply, call, attempt, clock.now().since(arrived));
    return reply;
  }

  private void tell(Reply reply, TokenCall call, Attempt attempt, Duration took) {
    switch (reply) {
      case Reply.Granted granted ->
          counted.answered(attempt.grant(), TokenRequests.Outcome.ISSUED, "ok", took);
      case Reply.Refused refused -> {
        var _ = refusals.record(attempt.refused(refused.code(), call));
        counted.answered(attempt.grant(), TokenRequests.Outcome.REFUSED, refused.code(), took);
      }
      case Reply.Throttled throttled -> {
        var _ = refusals.record(attempt.refused("throttled", call));
        counted.answered(attempt.grant(), TokenRequests.Outcome.THROTTLED, "throttled", took);
      }
      case Reply.Unavailable unavailable ->
          counted.answered(
              attempt.grant(), TokenRequests.Outcome.UNAVAILABLE, unavailable.code(), took);
    }
  }
}
