package io.gat.cli.replay;

import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.Circumstance;
import io.gat.policy.LongLived;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.evaluate.Standing;
import io.gat.policy.evaluate.Standing.Placement;
import io.gat.policy.verify.diff.Forms;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides one recorded call again where it comes to in a policy set, in the order of judgement of
 * DESIGN.md, section 3. What has nothing to do with the policy stays as it was: a token's flaws,
 * its revocation, its binding.
 */
final class Redecider {
  private static final String TOKEN = "token";

  /** What a token, its issuer's keys or its time have against it before its audience is asked. */
  private static final Set<Reason> ABOUT_TOKEN =
      EnumSet.of(
          Reason.MALFORMED_TOKEN,
          Reason.UNKNOWN_ISSUER,
          Reason.ALG_NOT_ALLOWED,
          Reason.WRONG_TYPE,
          Reason.UNKNOWN_KEY,
          Reason.BAD_SIGNATURE,
          Reason.MISSING_CLAIM,
          Reason.LIFETIME_TOO_LONG,
          Reason.NOT_YET_VALID,
          Reason.EXPIRED,
          Reason.KEYS_UNAVAILABLE);

  /** What no policy changes once the audience is right. */
  private static final Set<Reason> WITHOUT_POLICY =
      EnumSet.of(Reason.REVOKED, Reason.BINDING_MISMATCH, Reason.REPLAYED);

  private final Forms forms;
  private final RecordedCall call;
  private final DecisionRecord record;
  private final Hints hints;
  private final Optional<Service> recorded;
  private final Set<String> lacks = new LinkedHashSet<>();

  /**
   * For one call.
   *
   * @param recorded the service whose place for credentials was read then, if any was
   */
  Redecider(Forms forms, RecordedCall call, Hints hints, Optional<Service> recorded) {
    this.forms = forms;
    this.recorded = recorded;
    this.call = call;
    this.record = call.record();
    this.hints = hints;
  }

  Outcome decide(Spot spot) {
    lacks.clear();
    return switch (spot) {
      case Spot.Unclear unclear -> new Outcome.Settled(Reason.AMBIGUOUS_REQUEST);
      case Spot.Nowhere nowhere -> new Outcome.Settled(Reason.NO_SERVICE);
      case Spot.Inside inside -> inside(inside);
    };
  }

  private Outcome inside(Spot.Inside inside) {
    Standing standing = inside.standing();
    for (Placement denial : standing.denials()) {
      Known counts = counts(denial.rule());
      if (counts == Known.YES) {
        return new Outcome.Settled(Reason.DENIED_BY_RULE);
      }
      if (counts == Known.UNKNOWN) {
        denial.rule().circumstances().forEach(c -> lacks.add(RecordedCall.lack(c)));
      }
    }
    Reason reason = standing.allowance().map(way -> allowance(inside, way)).orElse(Reason.NO_RULE);
    return lacks.isEmpty() ? new Outcome.Settled(reason) : new Outcome.Open(lacks);
  }

  private Reason allowance(Spot.Inside inside, Placement way) {
    return switch (way.rule().effect()) {
      case Rule.Effect.Open open -> asked(inside, way) ? Reason.OK : Reason.CONDITION_FALSE;
      case Rule.Effect.Guarded guard -> token(inside, way, guard);
      case Rule.Effect.Closed closed -> throw new IllegalStateException("no way");
    };
  }

  private Known counts(Rule rule) {
    Known worst = Known.YES;
    for (Circumstance circumstance : rule.circumstances()) {
      Known one = call.judge(circumstance, Known.YES);
      if (one == Known.NO) {
        return Known.NO;
      }
      worst = one == Known.UNKNOWN ? Known.UNKNOWN : worst;
    }
    return worst == Known.UNKNOWN ? hints.counts(rule) : worst;
  }

  private Reason token(Spot.Inside inside, Placement way, Rule.Effect.Guarded guard) {
    boolean sameHeader =
        recorded.filter(r -> r.credential() == inside.service().credential()).isPresent();
    if (!sameHeader) {
      lacks.add(TOKEN);
      return Reason.NO_TOKEN;
    }
    if (call.hasToken()) {
      return ABOUT_TOKEN.contains(record.reason()) ? record.reason() : judged(inside, way, guard);
    }
    if (record.reason() == Reason.NO_TOKEN || ABOUT_TOKEN.contains(record.reason())) {
      return record.reason();
    }
    lacks.add(TOKEN);
    return Reason.NO_TOKEN;
  }

  private Reason judged(Spot.Inside inside, Placement way, Rule.Effect.Guarded guard) {
    boolean fits = record.audience().stream().anyMatch(inside.service().audiences()::contains);
    if (!fits) {
      if (call.mayHaveMoreAudiences()) {
        lacks.add("token.audiences");
      }
      return Reason.WRONG_AUDIENCE;
    }
    if (WITHOUT_POLICY.contains(record.reason())) {
      return record.reason();
    }
    if (record.reason() == Reason.WRONG_AUDIENCE) {
      // Nobody looked any further then; and an issuer may allow one audience only.
      lacks.add("revocation and binding");
      if (record.audience().size() > 1) {
        lacks.add("whether a token may have several audiences");
      }
    }
    return guarded(inside, way, guard);
  }

  private Reason guarded(Spot.Inside inside, Placement way, Rule.Effect.Guarded guard) {
    Optional<Duration> maxAge = guard.maxAge();
    if (maxAge.isPresent() && call.ageOr(maxAge.get()).compareTo(maxAge.get()) >= 0) {
      return Reason.TOO_OLD;
    }
    if (!guard.isSatisfiedBy(call.scopes())) {
      if (call.mayHaveMoreScopes()) {
        lacks.add("token.scopes");
      }
      return Reason.INSUFFICIENT_SCOPE;
    }
    Reason passed =
        record.reason() == Reason.REVOCATION_STALE ? Reason.REVOCATION_STALE : Reason.OK;
    return asked(inside, way) ? passed : Reason.CONDITION_FALSE;
  }

  /** False where circumstances or condition are known not to hold; what is unknown is noted. */
  private boolean asked(Spot.Inside inside, Placement way) {
    Set<String> unknown = new LinkedHashSet<>();
    if (way.rule().longLived().upgrade() == LongLived.Upgrade.REFUSED) {
      Known upgrade = hints.isUpgrade();
      if (upgrade == Known.YES) {
        return false;
      }
      if (upgrade == Known.UNKNOWN) {
        unknown.add("request.headers");
      }
    }
    for (Circumstance circumstance : way.rule().circumstances()) {
      Known holds = call.judge(circumstance, Known.NO);
      if (holds == Known.NO) {
        return false;
      }
      if (holds == Known.UNKNOWN && hints.holds(circumstance) == Known.UNKNOWN) {
        unknown.add(RecordedCall.lack(circumstance));
      }
    }
    if (way.rule().effect() instanceof Rule.Effect.Guarded guard && guard.when().isPresent()) {
      Set<String> unrecorded = new LinkedHashSet<>();
      Known holds =
          new RecordedCondition(forms, call, inside, way.template())
              .holds(guard.when().get(), unrecorded);
      if (holds == Known.NO) {
        return false;
      }
      if (holds == Known.UNKNOWN && hints.holds(way) == Known.UNKNOWN) {
        unknown.addAll(unrecorded);
      }
    }
    if (!unknown.isEmpty() && hints.isRefuted(way)) {
      return false;
    }
    lacks.addAll(unknown);
    return true;
  }
}
