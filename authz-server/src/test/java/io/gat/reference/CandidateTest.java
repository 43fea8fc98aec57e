package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Attention;
import io.gat.decide.CacheResult;
import io.gat.decide.CachedVerification;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.DecisionCache;
import io.gat.decide.DecisionObserver;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.Inquirer;
import io.gat.decide.Inquiry;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Reason;
import io.gat.decide.Room;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.Snapshot;
import io.gat.decide.Trial;
import io.gat.decide.TrialCache;
import io.gat.decide.TrialQueue;
import io.gat.decide.WhenStale;
import io.gat.decide.explain.Explainer;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.Terms;
import io.gat.extauthz.Admission;
import io.gat.extauthz.AuthorizationService;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.keys.Algorithm;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.reference.ReferenceDecider.Call;
import io.gat.reference.ReferenceDecider.ServiceSpec;
import io.gat.reference.ReferenceDecider.World;
import io.gat.revocation.Moment;
import io.gat.token.TokenVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A candidate is judged by in the same way as the policy, and has no part in any decision. */
@Timeout(120)
final class CandidateTest {
  private static final int WORLDS = 40;
  private static final int CALLS = 60;

  private final RealParts parts = new RealParts();

  private Decider decider(LiveSnapshot live, String pin, KeyRefresher refresher) {
    return new Decider(
        live,
        parts.verifier(),
        new CaffeineDecisionCache(10_000, 10_000, InstantSource.fixed(RealParts.NOW)),
        refresher,
        () -> RealParts.MOMENT,
        pin,
        WhenStale.ERROR);
  }

  private static Decider decider(Snapshot snapshot, TokenVerifier verifier) {
    return new Decider(
        new LiveSnapshot(snapshot),
        verifier,
        new CaffeineDecisionCache(10, 10, InstantSource.fixed(RealParts.NOW)),
        KeyRefresher.none(),
        () -> RealParts.MOMENT,
        "",
        WhenStale.ERROR);
  }

  private static Snapshot with(Snapshot snapshot, Policy candidate) {
    return new Snapshot(
        snapshot.feeds(), snapshot.keys(), snapshot.policy(), Optional.of(candidate));
  }

  @Test
  void decidesAsWithoutItAndSaysWhatItWouldDecide() {
    Map<ShadowAnswer.Kind, Integer> agreed = new EnumMap<>(ShadowAnswer.Kind.class);
    int disagreed = 0;
    for (long seed = 0; seed < WORLDS; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      RandomWorlds worlds = new RandomWorlds(random);
      List<ServiceSpec> services = worlds.services();
      World world = parts.world(worlds, random, services);
      Snapshot alone = parts.snapshot(world);
      Policy candidate =
          parts
              .snapshot(
                  new World(
                      worlds.services(),
                      world.pin(),
                      world.issuers(),
                      world.revoked(),
                      world.fresh(),
                      world.now()))
              .policy();
      Decider plain = decider(new LiveSnapshot(alone), world.pin(), KeyRefresher.none());
      Decider both =
          decider(new LiveSnapshot(with(alone, candidate)), world.pin(), KeyRefresher.none());
      Decider other =
          decider(
              new LiveSnapshot(new Snapshot(alone.feeds(), alone.keys(), candidate)),
              world.pin(),
              KeyRefresher.none());
      for (int i = 0; i < CALLS; i++) {
        ServiceSpec service = worlds.pick(services);
        String token = parts.tokens.token(random, RealParts.NOW, service.audiences().getFirst());
        Call call = worlds.call(service, RealParts.credentials(random, token));
        AccessRequest request = RealParts.request(call);
        Judged judged = Judged.of(both, request);
        assertEquals(told(plain.decide(request)), told(judged.decision()), call::toString);
        Trial.Answered trial = assertInstanceOf(Trial.Answered.class, judged.trial());
        assertEquals(answer(plain.decide(request)), trial.live(), call::toString);
        assertEquals(answer(other.decide(request)), trial.candidate(), call::toString);
        if (trial.disagrees()) {
          disagreed++;
        } else {
          agreed.merge(trial.live().kind(), 1, Integer::sum);
        }
      }
    }
    assertTrue(disagreed > 100, "disagreed " + disagreed);
    assertTrue(agreed.getOrDefault(ShadowAnswer.Kind.DENY, 0) > 100, agreed.toString());
    assertTrue(agreed.getOrDefault(ShadowAnswer.Kind.ALLOW, 0) > 5, agreed.toString());
  }

  /** All of a decision that anybody sees. */
  private static List<Object> told(Decision decision) {
    return List.of(
        decision.getClass(),
        decision.reason(),
        decision.facts().policyHash(),
        decision.facts().service(),
        decision.facts().rule().map(Rule::name),
        decision.facts().token().map(t -> t.tokenId()),
        decision.facts().freshness(),
        decision.facts().epoch());
  }

  private static ShadowAnswer answer(Decision decision) {
    return new ShadowAnswer(
        switch (decision) {
          case Decision.Allow allow ->
              allow.token().isPresent() ? ShadowAnswer.Kind.ALLOW : ShadowAnswer.Kind.PUBLIC;
          case Decision.Deny deny -> ShadowAnswer.Kind.DENY;
          case Decision.Failed failed -> ShadowAnswer.Kind.ERROR;
        },
        decision.reason(),
        decision.facts().service().map(Service::name).orElse(""),
        decision.facts().rule().map(Rule::name).orElse(""));
  }

  private static final String OPEN =
      """
      version: gat/v1
      service: s
      hosts: [s]
      audience: s
      rules:
      - {name: all, paths: ["/{rest=**}"], public: true}
      """;

  private static final String GUARDED = OPEN.replace("public: true", "scopes: [a]");

  private static AccessRequest call(String token) {
    return AccessRequest.builder()
        .method("GET")
        .host("s")
        .target("/x")
        .headers(Map.of("authorization", List.of("Bearer " + token)))
        .build();
  }

  private static Snapshot snapshot(String policy, Optional<Policy> candidate) {
    return new Snapshot(Map.of(), TrustedKeys.none(), RefreshTest.compiled(policy), candidate);
  }

  @Test
  void neverLooksForKeys() {
    RandomTokens keys = new RandomTokens();
    String unknown = RefreshTest.token(keys);
    AtomicInteger refreshes = new AtomicInteger();
    KeyRefresher counting =
        issuer -> {
          refreshes.incrementAndGet();
          return true;
        };
    Snapshot noKeys =
        new Snapshot(
            Map.of(),
            TrustedKeys.none().with(RandomTokens.ISSUER, RefreshTest.set(List.of())),
            RefreshTest.compiled(OPEN),
            Optional.of(RefreshTest.compiled(GUARDED)));
    Judged judged = Judged.of(decider(new LiveSnapshot(noKeys), "", counting), call(unknown));
    assertEquals(Reason.OK, judged.decision().reason());
    Trial.Answered trial = assertInstanceOf(Trial.Answered.class, judged.trial());
    assertEquals(Reason.UNKNOWN_KEY, trial.candidate().reason());
    assertTrue(trial.disagrees());
    assertEquals(0, refreshes.get());
  }

  @Test
  void aBugInItIsNobodysProblem() {
    RuntimeException bug = new IllegalStateException("a bug for the test");
    Snapshot broken = snapshot(OPEN, Optional.of(new Broken(bug)));
    Judged judged =
        Judged.of(decider(new LiveSnapshot(broken), "", KeyRefresher.none()), call("x"));
    assertEquals(Reason.OK, judged.decision().reason());
    assertSame(bug, assertInstanceOf(Trial.Failed.class, judged.trial()).bug());
    assertTrue(judged.trial().disagreement().isEmpty());
  }

  @Test
  void withoutItNothingIsJudgedTwice() {
    AtomicInteger verified = new AtomicInteger();
    DecisionCache counting =
        (key, now, keys, verify) -> {
          verified.incrementAndGet();
          return new DecisionCache.Answer(verify.get(), CacheResult.MISS);
        };
    Decider decider =
        new Decider(
            new LiveSnapshot(snapshot(GUARDED, Optional.empty())),
            parts.verifier(),
            counting,
            KeyRefresher.none(),
            () -> RealParts.MOMENT,
            "",
            WhenStale.ERROR);
    Judged judged = Judged.of(decider, call("x"));
    assertEquals(Reason.MALFORMED_TOKEN, judged.decision().reason());
    assertInstanceOf(Trial.None.class, judged.trial());
    assertEquals(1, verified.get());
  }

  @Test
  void aBugInItIsToldAndTheAnswerIsGivenAllTheSame() {
    List<Trial> trials = new ArrayList<>();
    List<Decision> decisions = new ArrayList<>();
    DecisionObserver observer =
        new DecisionObserver() {
          @Override
          public void decided(Decision decision, Duration took) {
            throw new AssertionError("told without what came of the candidate");
          }

          @Override
          public void decided(Decision decision, Trial trial, Duration took) {
            decisions.add(decision);
            trials.add(trial);
          }
        };
    Snapshot broken = snapshot(OPEN, Optional.of(new Broken(new IllegalStateException("a bug"))));
    Decider decider = decider(new LiveSnapshot(broken), "", KeyRefresher.none());
    try (TrialQueue queue = new TrialQueue(decider, observer)) {
      assertTrue(service(decider, queue).answer(message()).hasOkResponse());
    }
    assertEquals(Reason.OK, decisions.getFirst().reason());
    assertInstanceOf(Trial.Failed.class, trials.getFirst());
  }

  private static AuthorizationService service(Decider decider, DecisionObserver observer) {
    return new AuthorizationService(
        new CheckRequestMapper(),
        decider,
        new CheckResponseMapper(UpstreamHeaders.standard()),
        observer,
        Admission.everyone(),
        Attention.none());
  }

  private static CheckRequest message() {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("GET")
                                .setHost("s")
                                .setPath("/x"))))
        .build();
  }

  /** Remembers what it is told. */
  private static final class Told implements DecisionObserver {
    private final List<Trial> trials = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void decided(Decision decision, Duration took) {
      throw new AssertionError("told without what came of the candidate");
    }

    @Override
    public void decided(Decision decision, Trial trial, Duration took) {
      trials.add(trial);
    }

    long of(Class<? extends Trial> kind) {
      return trials.stream().filter(kind::isInstance).count();
    }
  }

  @Test
  void noAnswerWaitsForItAndEachCheckIsToldOfOnce() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Snapshot slow =
        snapshot(OPEN, Optional.of(new Slow(RefreshTest.compiled(GUARDED), begun, free)));
    Decider decider = decider(new LiveSnapshot(slow), "", KeyRefresher.none());
    Told told = new Told();
    int more = 5;
    try (TrialQueue queue = new TrialQueue(decider, told)) {
      AuthorizationService service = service(decider, queue);
      assertTrue(service.answer(message()).hasOkResponse());
      begun.await();
      for (int i = 0; i < TrialQueue.CAPACITY + more; i++) {
        assertTrue(service.answer(message()).hasOkResponse());
      }
      assertEquals(more, queue.dropped());
      assertEquals(more, told.of(Trial.None.class), "told at once where there is no room");
      free.countDown();
    }
    assertEquals(TrialQueue.CAPACITY + 1, told.of(Trial.Answered.class));
    assertEquals(TrialQueue.CAPACITY + 1 + more, told.trials.size());
  }

  @Test
  void aFewLargeRequestsThatWaitAreEnough() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Snapshot slow =
        snapshot(OPEN, Optional.of(new Slow(RefreshTest.compiled(GUARDED), begun, free)));
    Decider decider = decider(new LiveSnapshot(slow), "", KeyRefresher.none());
    Told told = new Told();
    AccessRequest large = call("x".repeat(1 << 20));
    try (TrialQueue queue = new TrialQueue(decider, told)) {
      queue.settled(decider.settle(call("x")), Duration.ZERO);
      begun.await();
      for (int i = 0; i < 6; i++) {
        queue.settled(decider.settle(large), Duration.ZERO);
      }
      assertEquals(3, queue.dropped());
      free.countDown();
    }
    assertEquals(7, told.trials.size());
  }

  @Test
  void afterItsEndEachCheckIsStillToldOf() {
    Snapshot both = snapshot(OPEN, Optional.of(RefreshTest.compiled(GUARDED)));
    Decider decider = decider(new LiveSnapshot(both), "", KeyRefresher.none());
    Told told = new Told();
    TrialQueue queue = new TrialQueue(decider, told);
    queue.close();
    assertTrue(service(decider, queue).answer(message()).hasOkResponse());
    assertEquals(1, told.of(Trial.None.class));
  }

  /** Bad tokens at a path that only the candidate guards. */
  @Test
  void pushesNothingOutOfTheCacheAndVerifiesSoManyTokensASecond() {
    CaffeineDecisionCache decisions =
        new CaffeineDecisionCache(10, 10, InstantSource.fixed(RealParts.NOW));
    AtomicReference<Moment> now = new AtomicReference<>(RealParts.MOMENT);
    AtomicInteger verified = new AtomicInteger();
    TokenVerifier counting =
        (compact, place, keys, at) -> {
          verified.incrementAndGet();
          return parts.verifier().verify(compact, place, keys, at);
        };
    DecisionCache own = new CaffeineDecisionCache(10, 10, InstantSource.fixed(RealParts.NOW));
    TrialCache trials = new TrialCache(decisions, own, now::get, 5);
    LiveSnapshot live =
        new LiveSnapshot(snapshot(OPEN, Optional.of(RefreshTest.compiled(GUARDED))));
    Decider decider =
        new Decider(
            live,
            counting,
            decisions,
            KeyRefresher.none(),
            () -> RealParts.MOMENT,
            "",
            FreshnessTerms.everywhere(WhenStale.ERROR),
            Room.unlimited(),
            trials);
    int skipped = 0;
    for (int i = 0; i < 20; i++) {
      skipped += Judged.of(decider, call("bad-" + i)).trial() instanceof Trial.Skipped ? 1 : 0;
    }
    assertEquals(15, skipped);
    assertEquals(5, verified.get());
    assertEquals(0, decisions.size(CachedVerification.Share.REJECTED));
    assertInstanceOf(Trial.Answered.class, Judged.of(decider, call("bad-0")).trial(), "remembered");
    now.set(new Moment(RealParts.NOW, RealParts.MOMENT.monotonic().plusSeconds(1)));
    assertInstanceOf(Trial.Answered.class, Judged.of(decider, call("bad-19")).trial());
    assertEquals(6, verified.get());
    // What the decision has verified, the candidate reads without doing so again.
    live.policy(RefreshTest.compiled(GUARDED), Optional.of(RefreshTest.compiled(GUARDED)));
    for (int i = 100; i < 110; i++) {
      assertInstanceOf(Trial.Answered.class, Judged.of(decider, call("bad-" + i)).trial());
    }
    assertEquals(16, verified.get());
  }

  /** A public rule takes a token where the route asks for scopes. */
  @Test
  void whatPassesByATokenIsNoPublicCall() {
    RandomTokens keys = new RandomTokens();
    Snapshot both =
        new Snapshot(
            Map.of(),
            TrustedKeys.none()
                .with(
                    RandomTokens.ISSUER,
                    RefreshTest.set(
                        List.of(
                            new VerificationKey(
                                "k1", Set.of(Algorithm.ES256), keys.trustedEc.getPublic())))),
            RefreshTest.compiled(OPEN),
            Optional.of(RefreshTest.compiled(OPEN)));
    AccessRequest narrowed =
        AccessRequest.builder()
            .method("GET")
            .host("s")
            .target("/x")
            .headers(Map.of("authorization", List.of("Bearer " + RefreshTest.token(keys))))
            .contextExtensions(Map.of("gat.scopes", "a:read"))
            .build();
    Decider decider = decider(both, RefreshTest.verifier());
    Judged judged = Judged.of(decider, narrowed);
    assertEquals(Reason.OK, judged.decision().reason());
    Trial.Answered trial = assertInstanceOf(Trial.Answered.class, judged.trial());
    assertEquals(ShadowAnswer.Kind.ALLOW, trial.live().kind());
    assertEquals(ShadowAnswer.Kind.ALLOW, trial.candidate().kind());
    Judged open = Judged.of(decider, call("x"));
    assertEquals(
        ShadowAnswer.Kind.PUBLIC,
        assertInstanceOf(Trial.Answered.class, open.trial()).live().kind());
  }

  /** Decide, explain and try: all three know whether the proxy has room for an identity. */
  @Test
  void allSayTheSameOfACallWithoutRoom() {
    Policy open = RefreshTest.compiled(OPEN);
    LiveSnapshot live = new LiveSnapshot(snapshot(OPEN, Optional.of(open)));
    Room none = allowed -> false;
    DecisionCache cache = new CaffeineDecisionCache(10, 10, InstantSource.fixed(RealParts.NOW));
    Judged judged =
        Judged.of(
            new Decider(
                live,
                parts.verifier(),
                cache,
                KeyRefresher.none(),
                () -> RealParts.MOMENT,
                "",
                FreshnessTerms.everywhere(WhenStale.ERROR),
                none,
                cache),
            call("x"));
    Inquiry inquiry =
        new Inquirer(
                live,
                parts.verifier(),
                KeyRefresher.none(),
                () -> RealParts.MOMENT,
                "",
                FreshnessTerms.everywhere(WhenStale.ERROR),
                none)
            .inquire(call("x"));
    for (Decision decision : List.of(judged.decision(), inquiry.decision())) {
      Decision.Deny denied = assertInstanceOf(Decision.Deny.class, decision);
      assertEquals(new Decision.Detail.Unclear(Ambiguity.IDENTITY_TOO_LARGE), denied.detail());
    }
    Explanation explanation =
        new Explainer(
                new Terms(
                    RealParts.trust(),
                    RealParts.LEEWAY,
                    RealParts.MAX_LIFETIME,
                    Terms.Signature.VERIFIED,
                    Terms.Revocations.FEEDS))
            .explain(inquiry);
    assertEquals(Explanation.Outcome.DENY, explanation.outcome());
    assertEquals(Reason.AMBIGUOUS_REQUEST, explanation.reason());
    assertTrue(
        explanation.steps().getFirst().seen().contains("no room"), () -> explanation.toString());
    for (Trial trial : List.of(judged.trial(), inquiry.trial())) {
      Trial.Answered answered = assertInstanceOf(Trial.Answered.class, trial);
      assertEquals(ShadowAnswer.Kind.DENY, answered.live().kind());
      assertEquals(ShadowAnswer.Kind.DENY, answered.candidate().kind());
    }
  }

  /** Two sets take turns, each with its candidate: no check is judged by a part of both. */
  @Test
  void aCheckIsJudgedByTheCandidateOfItsSet() throws Exception {
    Policy one = RefreshTest.compiled(OPEN.replace("all", "one"));
    Policy ofOne = RefreshTest.compiled(GUARDED.replace("all", "of-one"));
    Policy two = RefreshTest.compiled(OPEN.replace("all", "two"));
    Policy ofTwo = RefreshTest.compiled(GUARDED.replace("all", "of-two"));
    LiveSnapshot live = new LiveSnapshot(new Snapshot(Map.of(), TrustedKeys.none(), one));
    live.policy(one, Optional.of(ofOne));
    Decider decider = decider(live, "", KeyRefresher.none());
    AtomicBoolean done = new AtomicBoolean();
    Thread reloads =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    live.policy(two, Optional.of(ofTwo));
                    live.policy(one, Optional.of(ofOne));
                  }
                });
    Set<String> seen = new TreeSet<>();
    try {
      while (seen.size() < 2) {
        Trial.Answered trial =
            assertInstanceOf(Trial.Answered.class, Judged.of(decider, call("x")).trial());
        assertEquals("of-" + trial.live().rule(), trial.candidate().rule());
        seen.add(trial.live().rule());
      }
    } finally {
      done.set(true);
      reloads.join();
    }
  }

  /** A policy that takes its time. */
  private record Slow(Policy policy, CountDownLatch begun, CountDownLatch free) implements Policy {
    @Override
    public String hash() {
      return policy.hash();
    }

    @Override
    public Collection<Service> services() {
      return policy.services();
    }

    @Override
    public Optional<Service> service(String name) {
      return policy.service(name);
    }

    @Override
    public Verdict judge(AccessRequest request, String pin, Instant now) {
      begun.countDown();
      try {
        free.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return policy.judge(request, pin, now);
    }

    @Override
    public Selection select(AccessRequest request, String pin, Instant now) {
      return policy.select(request, pin, now);
    }
  }

  /** A policy that cannot judge. */
  private record Broken(RuntimeException bug) implements Policy {
    @Override
    public String hash() {
      return "broken";
    }

    @Override
    public Collection<Service> services() {
      return List.of();
    }

    @Override
    public Optional<Service> service(String name) {
      return Optional.empty();
    }

    @Override
    public Verdict judge(AccessRequest request, String pin, Instant now) {
      throw bug;
    }

    @Override
    public Selection select(AccessRequest request, String pin, Instant now) {
      throw bug;
    }
  }
}
