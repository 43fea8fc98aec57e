package io.gat.cli.replay;

import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.Circumstance;
import io.gat.policy.Rule;
import io.gat.policy.compile.ConditionForm;
import io.gat.policy.evaluate.Standing.Placement;
import io.gat.policy.verify.diff.Forms;
import io.gat.policy.verify.diff.Sameness;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a decision proves of the things that its record does not tell: where it passed, all held
 * that its rule asks for, and so does whatever follows from that.
 */
final class Hints {
  private final Forms forms;
  private final Reason reason;
  private final @Nullable Placement way;
  private final List<Rule> denials;
  private final Optional<Rule> denial;

  private Hints(
      Forms forms,
      Reason reason,
      @Nullable Placement way,
      List<Rule> denials,
      Optional<Rule> denial) {
    this.forms = forms;
    this.reason = reason;
    this.way = way;
    this.denials = denials;
    this.denial = denial;
  }

  /** Nothing is proved: another policy set decided. */
  static Hints none(Forms forms) {
    return new Hints(forms, Reason.INTERNAL_ERROR, null, List.of(), Optional.empty());
  }

  /** What follows from a decision by this very set. */
  static Hints of(Forms forms, DecisionRecord record, Spot spot) {
    if (!(spot instanceof Spot.Inside inside) || !isJudged(record.reason())) {
      return none(forms);
    }
    List<Rule> denials = inside.standing().denials().stream().map(Placement::rule).toList();
    boolean denied = record.reason() == Reason.DENIED_BY_RULE;
    return new Hints(
        forms,
        record.reason(),
        inside.standing().allowance().orElse(null),
        denied ? List.of() : denials,
        denied
            ? denials.stream().filter(d -> d.name().equals(record.rule())).findFirst()
            : Optional.empty());
  }

  /** True where the deny rules were judged. */
  private static boolean isJudged(Reason reason) {
    return switch (reason) {
      case AMBIGUOUS_REQUEST, NO_SERVICE, OVERLOADED, INTERNAL_ERROR -> false;
      case OK,
          NO_RULE,
          DENIED_BY_RULE,
          NO_TOKEN,
          MALFORMED_TOKEN,
          UNKNOWN_ISSUER,
          ALG_NOT_ALLOWED,
          WRONG_TYPE,
          UNKNOWN_KEY,
          BAD_SIGNATURE,
          MISSING_CLAIM,
          LIFETIME_TOO_LONG,
          NOT_YET_VALID,
          EXPIRED,
          WRONG_AUDIENCE,
          REVOKED,
          BINDING_MISMATCH,
          REPLAYED,
          TOO_OLD,
          INSUFFICIENT_SCOPE,
          CONDITION_FALSE,
          REVOCATION_STALE,
          KEYS_UNAVAILABLE ->
          true;
    };
  }

  private boolean passed() {
    return way != null && (reason == Reason.OK || reason == Reason.REVOCATION_STALE);
  }

  /** Whether a circumstance of a rule that allows was so. */
  Known holds(Circumstance circumstance) {
    return passed() && Sameness.imply(way().rule().circumstances(), List.of(circumstance))
        ? Known.YES
        : Known.UNKNOWN;
  }

  /**
   * Whether the call asked for an upgrade, which no record tells. One that a rule without {@code
   * upgrade: true} let pass did not; one that it refused for nothing else did; and who was refused
   * before that question is taken for somebody who asked for none, as nearly everybody does.
   */
  Known isUpgrade() {
    if (way == null) {
      return Known.NO;
    }
    Rule rule = way.rule();
    return switch (rule.longLived().upgrade()) {
      case ALLOWED -> passed() ? Known.UNKNOWN : Known.NO;
      case REFUSED -> reason == Reason.CONDITION_FALSE && !asksForMore(rule) ? Known.YES : Known.NO;
    };
  }

  private static boolean asksForMore(Rule rule) {
    return !rule.circumstances().isEmpty()
        || (rule.effect() instanceof Rule.Effect.Guarded guard && guard.when().isPresent());
  }

  /** Whether a rule's condition held. */
  Known holds(Placement placement) {
    return passed() && forms.of(way()).implies(forms.of(placement)) ? Known.YES : Known.UNKNOWN;
  }

  /** True where circumstances and condition of a rule did not all hold. */
  boolean isRefuted(Placement placement) {
    if (way == null || reason != Reason.CONDITION_FALSE) {
      return false;
    }
    ConditionForm form = forms.of(placement);
    return form.implies(forms.of(way))
        && Sameness.imply(placement.rule().circumstances(), way.rule().circumstances());
  }

  /** Whether a deny rule counted. */
  Known counts(Rule rule) {
    List<Circumstance> asked = rule.circumstances();
    if (denial.filter(d -> Sameness.imply(d.circumstances(), asked)).isPresent()) {
      return Known.YES;
    }
    return denials.stream().anyMatch(d -> Sameness.imply(asked, d.circumstances()))
        ? Known.NO
        : Known.UNKNOWN;
  }

  private Placement way() {
    return Objects.requireNonNull(way);
  }
}
