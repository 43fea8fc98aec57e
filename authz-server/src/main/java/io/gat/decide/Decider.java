package io.gat.decide;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.Condition;
import io.gat.policy.Credential;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.token.CredentialHeader;
import io.gat.token.Flaw;
import io.gat.token.Place;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import io.gat.token.VerifiedToken;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides checks.
 *
 * <p>A check takes one {@link Snapshot} and is judged by it alone, in the order of judgement of
 * DESIGN.md, section 3; the first failure is the reason. Every path through this class ends in a
 * denial or a failure, except one: {@link #allow} is called where all of it held, and where a
 * public rule matched.
 *
 * <p>A candidate is judged by after the decision, in the same way and, where the caller likes, much
 * later. What comes of it is a {@link Trial}, which is another type than a decision: it cannot be
 * answered with.
 *
 * <p>What is remembered between checks is only what a token is by itself. Time, revocation, lease,
 * binding, age, scope and condition are judged every time: a time window opens and closes with the
 * next check, and no cached result has to end at its edge.
 */
public final class Decider {
  private static final Decision.Detail NOTHING = new Decision.Detail.Nothing();
  private static final Trial NO_TRIAL = new Trial.None();

  private final LiveSnapshot live;
  private final TokenVerifier verifier;
  private final Moment.Source clock;
  private final String pin;
  private final FreshnessTerms freshness;
  private final Room room;
  private final Sources forDecisions;
  private final Sources withKeysAsTheyAre;
  private final Sources forTrials;

  /** Where the keys and the verifications of a judgement come from. */
  private record Sources(KeyRefresher keysBeyond, DecisionCache cache) {
    Sources {
      Objects.requireNonNull(keysBeyond);
      Objects.requireNonNull(cache);
    }
  }

  /**
   * A decider of calls that no service is told of, whose candidate remembers tokens where the
   * decisions do.
   *
   * @param pin the service that the configuration pins; empty for none
   */
  public Decider(
      LiveSnapshot live,
      TokenVerifier verifier,
      DecisionCache cache,
      KeyRefresher refresher,
      Moment.Source clock,
      String pin,
      WhenStale whenStale) {
    this(
        live,
        verifier,
        cache,
        refresher,
        clock,
        pin,
        FreshnessTerms.everywhere(whenStale),
        Room.unlimited(),
        cache);
  }

  /**
   * A decider.
   *
   * @param pin the service that the configuration pins; empty for none
   * @param room which calls have room for what the service is told
   * @param trials remembers tokens for the candidate
   */
  public Decider(
      LiveSnapshot live,
      TokenVerifier verifier,
      DecisionCache cache,
      KeyRefresher refresher,
      Moment.Source clock,
      String pin,
      FreshnessTerms freshness,
      Room room,
      DecisionCache trials) {
    this.room = Objects.requireNonNull(room);
    this.forDecisions = new Sources(refresher, cache);
    this.withKeysAsTheyAre = new Sources(KeyRefresher.none(), cache);
    this.forTrials = new Sources(KeyRefresher.none(), trials);
    this.live = Objects.requireNonNull(live);
    this.verifier = Objects.requireNonNull(verifier);
    this.clock = Objects.requireNonNull(clock);
    this.pin = Objects.requireNonNull(pin);
    this.freshness = Objects.requireNonNull(freshness);
  }

  /** Decides one check. Throws only for a bug. */
  public Decision decide(AccessRequest request) {
    return settle(request).decision();
  }

  /** Decides one check, and keeps for {@link #trial} by what. Throws only for a bug. */
  public Settled settle(AccessRequest request) {
    Sources sources = forDecisions;
    while (true) {
      Snapshot snapshot = live.current();
      Moment now = clock.now();
      Decision decision = decide(request, snapshot.policy(), snapshot, now, sources);
      if (decision != null) {
        Policy candidate = snapshot.candidate().orElse(null);
        return candidate == null
            ? Settled.alone(decision)
            : new Settled(decision, Optional.of(new Settled.Due(candidate, snapshot, now)));
      }
      // The issuer's keys are newer now than the snapshot: begin again, with a new one and once.
      sources = withKeysAsTheyAre;
    }
  }

  /**
   * Judges a decided check by the candidate where there is one: by the same snapshot, at the same
   * moment, in the same way, and without looking for keys. Never throws: whatever becomes of it,
   * the decision has fallen before.
   */
  public Trial trial(Settled settled) {
    Settled.Due due = settled.due().orElse(null);
    if (due == null) {
      return NO_TRIAL;
    }
    Facts facts = settled.decision().facts();
    try {
      Decision other =
          decide(facts.request(), due.candidate(), due.snapshot(), due.at(), forTrials);
      // The other decision ends here: of it, only what is compared goes on.
      return new Trial.Answered(
          ShadowAnswer.of(settled.decision()),
          ShadowAnswer.of(Objects.requireNonNull(other)),
          new Trial.Pair(facts.policyHash(), due.candidate().hash()));
    } catch (AllowanceSpentException | NoRoomException e) {
      return new Trial.Skipped();
    } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
      return new Trial.Failed(e);
    }
  }

  /**
   * The one way of a judgement, whatever the policy.
   *
   * @return null where keys were read again meanwhile, so that it must begin again
   */
  private @Nullable Decision decide(
      AccessRequest request, Policy policy, Snapshot snapshot, Moment now, Sources sources) {
    Decision decision = byPolicy(request, policy, snapshot, now, sources);
    // A denial: the service never gets a part of an identity, and nobody chooses a failure mode.
    return decision instanceof Decision.Allow allowed && !room.fits(allowed)
        ? unclear(Ambiguity.IDENTITY_TOO_LARGE, allowed.facts())
        : decision;
  }

  private @Nullable Decision byPolicy(
      AccessRequest request, Policy policy, Snapshot snapshot, Moment now, Sources sources) {
    Facts facts = Facts.arrived(request, now.wall(), policy.hash());
    return switch (policy.judge(request, pin, now.wall())) {
      case Verdict.Ambiguous unclear ->
          new Decision.Deny(
              Reason.AMBIGUOUS_REQUEST, facts, new Decision.Detail.Unclear(unclear.why()));
      case Verdict.NoService none -> withoutService(request, facts);
      case Verdict.Located located -> inService(located, snapshot, now, sources, facts);
    };
  }

  /** The answer where gat itself fails: it has none. */
  public Decision failed(AccessRequest request) {
    return withoutAnswer(request, Reason.INTERNAL_ERROR);
  }

  /** The answer where more checks are in flight than gat takes on: it has none. */
  public Decision overloaded(AccessRequest request) {
    return withoutAnswer(request, Reason.OVERLOADED);
  }

  /**
   * What becomes of an allow that cannot be carried out as a whole, as where the call has no room
   * for the headers that tell the service who calls. A denial: the service never gets a part of an
   * answer, and nobody chooses a failure mode.
   */
  public Decision hindered(Decision.Allow allowed, Ambiguity why) {
    return unclear(why, allowed.facts());
  }

  private Decision withoutAnswer(AccessRequest request, Reason reason) {
    return new Decision.Failed(
        reason, Facts.arrived(request, clock.now().wall(), live.current().policy().hash()));
  }

  /** Nobody knows where this service would read its credential, so neither place may be unclear. */
  private Decision withoutService(AccessRequest request, Facts facts) {
    for (Credential credential : Credential.values()) {
      Optional<Decision> unclear = unclear(credentialOf(credential, request), facts);
      if (unclear.isPresent()) {
        return unclear.get();
      }
    }
    return deny(Reason.NO_SERVICE, facts);
  }

  private @Nullable Decision inService(
      Verdict.Located located, Snapshot snapshot, Moment now, Sources sources, Facts known) {
    Service service = located.service();
    Facts facts = known.in(service);
    CredentialHeader.Found credential = credentialOf(service.credential(), facts.request());
    Optional<Decision> unclear = unclear(credential, facts);
    if (unclear.isPresent()) {
      return unclear.get();
    }
    return switch (located) {
      case Verdict.NoRule none -> deny(Reason.NO_RULE, facts);
      case Verdict.DeniedByRule denied -> deny(Reason.DENIED_BY_RULE, facts.by(denied.rule()));
      case Verdict.Open open ->
          open.rule().applies(facts.request(), now.wall())
              ? allow(facts.by(open.rule()), null)
              : deny(Reason.CONDITION_FALSE, facts.by(open.rule()));
      case Verdict.Guarded guarded ->
          withToken(guarded, credential, snapshot, now, sources, facts.by(guarded.rule()));
    };
  }

  private static CredentialHeader.Found credentialOf(Credential credential, AccessRequest request) {
    return CredentialHeader.read(place(credential), request.header(credential.header()));
  }

  private static Place place(Credential credential) {
    return switch (credential) {
      case BEARER -> Place.AUTHORIZATION;
      case TXN_TOKEN -> Place.TXN_TOKEN;
    };
  }

  private static Optional<Decision> unclear(CredentialHeader.Found credential, Facts facts) {
    return switch (credential) {
      case CredentialHeader.Found.Nothing none -> Optional.empty();
      case CredentialHeader.Found.Token token -> Optional.empty();
      case CredentialHeader.Found.Several several ->
          Optional.of(unclear(Ambiguity.DUPLICATE_CREDENTIAL, facts));
      case CredentialHeader.Found.Unreadable unreadable ->
          Optional.of(unclear(Ambiguity.UNREADABLE_CREDENTIAL, facts));
    };
  }

  private static Decision unclear(Ambiguity why, Facts facts) {
    return new Decision.Deny(Reason.AMBIGUOUS_REQUEST, facts, new Decision.Detail.Unclear(why));
  }

  private @Nullable Decision withToken(
      Verdict.Guarded guarded,
      CredentialHeader.Found credential,
      Snapshot snapshot,
      Moment now,
      Sources sources,
      Facts facts) {
    if (!(credential instanceof CredentialHeader.Found.Token token)) {
      return deny(Reason.NO_TOKEN, facts);
    }
    Place place = place(guarded.service().credential());
    DecisionCache.Answer answer =
        verification(token.compact(), place, snapshot, now, sources.cache());
    if (answer.verification().verification() instanceof Verification.Rejected r
        && r.flaw() == Flaw.UNKNOWN_KEY
        && r.trust().map(TrustedIssuer::issuer).filter(sources.keysBeyond()::refresh).isPresent()) {
      return null;
    }
    return judged(guarded, answer, snapshot, now, facts);
  }

  private DecisionCache.Answer verification(
      String compact, Place place, Snapshot snapshot, Moment now, DecisionCache remembered) {
    return remembered.get(
        CacheKey.of(compact, place),
        now.wall(),
        snapshot.keys(),
        () ->
            new CachedVerification(
                verifier.verify(compact, place, snapshot.keys(), now.wall()),
                snapshot.keys(),
                now.wall()));
  }

  private Decision judged(
      Verdict.Guarded guarded,
      DecisionCache.Answer answer,
      Snapshot snapshot,
      Moment now,
      Facts facts) {
    CachedVerification cached = answer.verification();
    return switch (cached.verification()) {
      case Verification.Rejected r ->
          deny(reason(r.flaw()), facts.with(r.signed().orElse(null), answer.result()));
      case Verification.KeysUnavailable k ->
          deny(Reason.KEYS_UNAVAILABLE, facts.with(null, answer.result()));
      case Verification.Verified v ->
          withVerified(
              guarded,
              cached.view().orElseThrow(),
              snapshot,
              now,
              facts.with(v.token().token(), answer.result()));
    };
  }

  private Decision withVerified(
      Verdict.Guarded guarded, TokenView view, Snapshot snapshot, Moment now, Facts facts) {
    VerifiedToken token = view.verified();
    if (token.isEarly(now.wall())) {
      return deny(Reason.NOT_YET_VALID, facts);
    }
    if (token.isExpired(now.wall())) {
      return deny(Reason.EXPIRED, facts);
    }
    if (!isForService(token, guarded.service())) {
      return deny(Reason.WRONG_AUDIENCE, facts);
    }
    FeedView feed = snapshot.feed(view.issuer()).orElse(null);
    if (feed == null) {
      return guarded(guarded, view, now, facts.judged(Freshness.NO_FEED, 0));
    }
    Facts judged = facts.judged(freshness(feed, guarded.service().name(), now), feed.epoch());
    return feed.revocations().revokes(view.revocable())
        ? deny(Reason.REVOKED, judged)
        : guarded(guarded, view, now, judged);
  }

  private Freshness freshness(FeedView feed, String service, Moment now) {
    return freshness.isFresh(feed.lease(), service, now) ? Freshness.FRESH : Freshness.STALE;
  }

  private static boolean isForService(VerifiedToken token, Service service) {
    if (token.token().audiences().size() > 1
        && token.trust().audiences() == TrustedIssuer.Audiences.ONE) {
      return false;
    }
    for (String audience : token.token().audiences()) {
      if (service.audiences().contains(audience)) {
        return true;
      }
    }
    return false;
  }

  /** The last steps: binding, age, scope, condition, and how sure the revocations are. */
  private Decision guarded(Verdict.Guarded guarded, TokenView view, Moment now, Facts facts) {
    Rule.Effect.Guarded guard = guarded.guard();
    if (!Binding.holds(view.token(), facts.request())) {
      return deny(Reason.BINDING_MISMATCH, facts);
    }
    Duration maxAge = guard.maxAge().orElse(null);
    if (maxAge != null && !now.wall().isBefore(view.issuedAt().plus(maxAge))) {
      return deny(Reason.TOO_OLD, facts);
    }
    if (!guard.isSatisfiedBy(view.scopes())) {
      return new Decision.Deny(
          Reason.INSUFFICIENT_SCOPE, facts, new Decision.Detail.Scopes(guard.neededScopes()));
    }
    if (!guarded.rule().applies(facts.request(), now.wall())) {
      return deny(Reason.CONDITION_FALSE, facts);
    }
    Condition when = guard.when().orElse(null);
    if (when != null
        && !when.holds(
            new Condition.Input(
                view, facts.request(), guarded.canonicalPath(), guarded.path(), now.wall()))) {
      return deny(Reason.CONDITION_FALSE, facts);
    }
    return switch (facts.freshness()) {
      case FRESH, NO_FEED, NOT_JUDGED -> allow(facts, view.verified());
      case STALE -> stale(guarded.service().name(), facts, view.verified());
    };
  }

  /**
   * All held, but the token may have been revoked since. Judged last, so that a failure mode that
   * lets errors pass lets nothing pass that could be denied for sure.
   */
  private Decision stale(String service, Facts facts, VerifiedToken token) {
    return switch (freshness.whenStale(service)) {
      case ERROR -> new Decision.Failed(Reason.REVOCATION_STALE, facts);
      case DENY -> deny(Reason.REVOCATION_STALE, facts);
      case ALLOW -> allow(facts, token);
    };
  }

  private static Decision deny(Reason reason, Facts facts) {
    return new Decision.Deny(reason, facts, NOTHING);
  }

  /** The one place where an allow is made. */
  private static Decision allow(Facts facts, @Nullable VerifiedToken token) {
    return new Decision.Allow(facts, token);
  }

  private static Reason reason(Flaw flaw) {
    return switch (flaw) {
      case MALFORMED_TOKEN -> Reason.MALFORMED_TOKEN;
      case UNKNOWN_ISSUER -> Reason.UNKNOWN_ISSUER;
      case ALG_NOT_ALLOWED -> Reason.ALG_NOT_ALLOWED;
      case WRONG_TYPE -> Reason.WRONG_TYPE;
      case UNKNOWN_KEY -> Reason.UNKNOWN_KEY;
      case BAD_SIGNATURE -> Reason.BAD_SIGNATURE;
      case MISSING_CLAIM -> Reason.MISSING_CLAIM;
      case LIFETIME_TOO_LONG -> Reason.LIFETIME_TOO_LONG;
      case NOT_YET_VALID -> Reason.NOT_YET_VALID;
      case EXPIRED -> Reason.EXPIRED;
    };
  }
}
