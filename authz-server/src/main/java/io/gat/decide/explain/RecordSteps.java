package io.gat.decide.explain;

import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a decision record tells of each step. */
final class RecordSteps {
  private static final String UNTOLD = "the record does not tell more";

  private final DecisionRecord record;
  private final @Nullable Service service;
  private final @Nullable Rule rule;
  private final Duration maxLifetime;

  /**
   * Steps.
   *
   * @param service the record's as it is now; null where there is none any more
   * @param rule the record's as it is now; null where there is none any more
   */
  RecordSteps(
      DecisionRecord record, @Nullable Service service, @Nullable Rule rule, Duration maxLifetime) {
    this.record = record;
    this.service = service;
    this.rule = rule;
    this.maxLifetime = maxLifetime;
  }

  /** The token's scopes. */
  static List<String> scopes(DecisionRecord record) {
    return record.scope().isEmpty() ? List.of() : List.of(record.scope().split(" ", -1));
  }

  /** What the record tells of a step that passed or failed. */
  String seen(Step step, boolean failed) {
    return switch (step) {
      case AMBIGUOUS ->
          failed ? "the record does not tell what was unclear" : "nothing was unclear";
      case SERVICE ->
          failed
              ? "no service was found for the host " + Wording.quoted(record.host())
              : Wording.quoted(record.service());
      case DENY_RULE -> failed ? Wording.quoted(record.rule()) + " denied" : "none matched";
      case RULE ->
          failed
              ? "no rule was found for " + record.method() + " " + Wording.quoted(record.path())
              : Wording.quoted(record.rule());
      case PUBLIC_RULE ->
          record.tokenId().isEmpty() && record.reason() == Reason.OK
              ? "it is public: no token was read"
              : "it takes a token";
      case CREDENTIAL -> failed ? "there was no token" : "there was a token";
      case ISSUER ->
          failed
              ? "it was not a trusted one"
              : record.issuer().isEmpty() ? "it was trusted" : Wording.quoted(record.issuer());
      case MALFORMED, ALGORITHM, TYPE, KEY, SIGNATURE, MISSING_CLAIM, BINDING ->
          failed ? "it did not hold; " + UNTOLD : "it held";
      case LIFETIME -> lifetime();
      case NOT_BEFORE -> told(record.age(), "it was issued ", " before", " after");
      case EXPIRY -> expiry();
      case AUDIENCE -> audience();
      case REVOKED ->
          (failed ? "a revocation hit it" : "no revocation hit it")
              + (record.epoch() == null
                  ? ""
                  : "; the last one applied was at position " + record.epoch());
      case AGE -> age();
      case SCOPE -> scope();
      case CONDITION -> failed ? "not as the rule asked; " + UNTOLD : "all was as the rule asked";
      case FRESHNESS -> failed ? "the feed was silent for too long" : "it was fresh enough";
    };
  }

  private static String told(@Nullable Duration time, String before, String past, String future) {
    return time == null
        ? UNTOLD
        : before + Wording.duration(time) + (time.isNegative() ? future : past) + " the call";
  }

  private String lifetime() {
    Duration age = record.age();
    Duration left = record.ttl();
    return age == null || left == null
        ? UNTOLD
        : "it lived "
            + Wording.duration(age.plus(left))
            + " of at most "
            + Wording.duration(maxLifetime);
  }

  private String expiry() {
    Duration left = record.ttl();
    return left == null
        ? UNTOLD
        : left.isPositive()
            ? "it had " + Wording.duration(left) + " to live"
            : "it had expired " + Wording.duration(left) + " before the call";
  }

  private String audience() {
    return "it was for "
        + Wording.quoted(record.audience())
        + (service == null ? "" : "; the service takes " + Wording.quoted(service.audiences()));
  }

  private String age() {
    Duration age = record.age();
    String was = age == null ? UNTOLD : "it was " + Wording.duration(age) + " old";
    return guard() == null
        ? was
        : was
            + "; the rule takes "
            + guard().maxAge().map(max -> "less than " + Wording.duration(max)).orElse("any age");
  }

  private String scope() {
    List<String> scopes = scopes(record);
    String had = scopes.isEmpty() ? "it had none" : "it had " + Wording.quoted(scopes);
    Rule.Effect.Guarded guard = guard();
    if (guard == null) {
      return had;
    }
    return guard.neededScopes().isEmpty()
        ? had + "; the rule asks for none"
        : had + "; the rule asks for " + TokenSteps.asked(guard);
  }

  private Rule.Effect.@Nullable Guarded guard() {
    return rule != null && rule.effect() instanceof Rule.Effect.Guarded guard ? guard : null;
  }
}
