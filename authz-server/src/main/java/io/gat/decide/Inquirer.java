package io.gat.decide;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.revocation.Moment;
import io.gat.token.TokenVerifier;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Decides checks beside the traffic: for the sake of their explanation, and those of the admin API.
 * It runs the real {@link Decider}, on one snapshot and at one moment, with a cache that remembers
 * nothing but the verification it is asked for; so an inquiry leaves no trace in the server's
 * caches, metrics and logs.
 */
public final class Inquirer {
  private final LiveSnapshot live;
  private final TokenVerifier verifier;
  private final KeyRefresher refresher;
  private final Moment.Source clock;
  private final String pin;
  private final FreshnessTerms freshness;
  private final Room room;

  /**
   * An inquirer that decides as a {@link Decider} with the same collaborators.
   *
   * @param pin the service that the configuration pins; empty for none
   * @param room which calls have room for what the service is told
   */
  public Inquirer(
      LiveSnapshot live,
      TokenVerifier verifier,
      KeyRefresher refresher,
      Moment.Source clock,
      String pin,
      FreshnessTerms freshness,
      Room room) {
    this.live = Objects.requireNonNull(live);
    this.verifier = Objects.requireNonNull(verifier);
    this.refresher = Objects.requireNonNull(refresher);
    this.clock = Objects.requireNonNull(clock);
    this.pin = Objects.requireNonNull(pin);
    this.freshness = Objects.requireNonNull(freshness);
    this.room = Objects.requireNonNull(room);
  }

  /** A check that is put together in sight of the policy that will decide it. */
  @FunctionalInterface
  public interface Question {
    /**
     * The check.
     *
     * @param pin the service that the configuration pins; empty for none
     * @param now when it is decided
     */
    AccessRequest request(Policy policy, String pin, Instant now);
  }

  /** Decides one check and keeps what it went through. */
  public Inquiry inquire(AccessRequest request) {
    return inquire((policy, service, now) -> request);
  }

  /** Decides one check and keeps what it went through. */
  public Inquiry inquire(Question question) {
    Moment now = clock.now();
    // A copy, so that a policy that is loaded meanwhile cannot explain another one's decision.
    LiveSnapshot frozen = new LiveSnapshot(live.current());
    AccessRequest request = question.request(frozen.current().policy(), pin, now.wall());
    AtomicReference<CachedVerification> seen = new AtomicReference<>();
    DecisionCache watch =
        (key, at, keys, verify) -> {
          CachedVerification verification = verify.get();
          seen.set(verification);
          return new DecisionCache.Answer(verification, CacheResult.MISS);
        };
    Decision decision = decider(frozen, watch, refreshing(frozen), now).decide(request);
    return new Inquiry(
        decision, trial(request, frozen, now), frozen.current(), now, pin, seen.get());
  }

  /** By a cache of its own: what the candidate reads of a token is not what the decision read. */
  private Trial trial(AccessRequest request, LiveSnapshot frozen, Moment now) {
    if (frozen.current().candidate().isEmpty()) {
      return new Trial.None();
    }
    DecisionCache none =
        (key, at, keys, verify) -> new DecisionCache.Answer(verify.get(), CacheResult.MISS);
    Decider decider = decider(frozen, none, KeyRefresher.none(), now);
    return decider.trial(decider.settle(request));
  }

  private Decider decider(
      LiveSnapshot frozen, DecisionCache cache, KeyRefresher keysBeyond, Moment now) {
    return new Decider(frozen, verifier, cache, keysBeyond, () -> now, pin, freshness, room, cache);
  }

  private KeyRefresher refreshing(LiveSnapshot frozen) {
    return issuer -> {
      boolean newer = refresher.refresh(issuer);
      if (newer) {
        live.current().keys().of(issuer).ifPresent(keys -> frozen.keys(issuer, keys));
      }
      return newer;
    };
  }
}
