package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.DecisionRecord;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.Inquirer;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Reason;
import io.gat.decide.Room;
import io.gat.decide.WhenStale;
import io.gat.decide.explain.Explainer;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.Explanation.Finding;
import io.gat.decide.explain.Explanation.State;
import io.gat.decide.explain.ExplanationJson;
import io.gat.decide.explain.ExplanationReader;
import io.gat.decide.explain.ExplanationText;
import io.gat.decide.explain.Step;
import io.gat.decide.explain.Terms;
import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.reference.ReferenceDecider.ServiceSpec;
import io.gat.reference.ReferenceDecider.World;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** An explanation tells of the very decision that the server's decider makes. */
final class ExplanationAgreementTest {
  private static final int WORLDS = 100;
  private static final int CALLS = 40;

  private final RealParts parts = new RealParts();

  @Test
  void explainsTheDecisionThatTheDeciderMakes() {
    Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
    for (long seed = 10_000; seed < 10_000 + WORLDS; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      RandomWorlds worlds = new RandomWorlds(random);
      List<ServiceSpec> services = worlds.services();
      World world = parts.world(worlds, random, services);
      LiveSnapshot live = new LiveSnapshot(parts.snapshot(world));
      WhenStale whenStale = worlds.pick(List.of(WhenStale.values()));
      Decider decider =
          new Decider(
              live,
              parts.verifier(),
              new CaffeineDecisionCache(10_000, 10_000, InstantSource.fixed(RealParts.NOW)),
              KeyRefresher.none(),
              () -> RealParts.MOMENT,
              world.pin(),
              whenStale);
      Inquirer inquirer =
          new Inquirer(
              live,
              parts.verifier(),
              KeyRefresher.none(),
              () -> RealParts.MOMENT,
              world.pin(),
              FreshnessTerms.everywhere(whenStale),
              Room.unlimited());
      for (int i = 0; i < CALLS; i++) {
        ServiceSpec service = worlds.pick(services);
        String token = parts.tokens.token(random, RealParts.NOW, service.audiences().getFirst());
        AccessRequest request =
            RealParts.request(worlds.call(service, RealParts.credentials(random, token)));
        Decision decision = decider.decide(request);
        Explanation explanation = explainer().explain(inquirer.inquire(request));
        agrees(decision, explanation);
        survivesJson(explanation);
        keepsSecret(token, decision, explanation);
        seen.merge(decision.reason(), 1, Integer::sum);
      }
    }
    for (Reason reason : Reason.values()) {
      switch (reason) {
        case KEYS_UNAVAILABLE, OVERLOADED, INTERNAL_ERROR, REPLAYED -> {}
        default -> assertTrue(seen.getOrDefault(reason, 0) >= 2, "too few " + reason + ": " + seen);
      }
    }
  }

  /** What a running server sends is what a person reads elsewhere. */
  private static void survivesJson(Explanation explanation) {
    try {
      assertEquals(explanation, ExplanationReader.read(ExplanationJson.of(explanation)));
    } catch (ExplanationReader.UnreadableException e) {
      throw new AssertionError(ExplanationJson.of(explanation), e);
    }
  }

  private static Explainer explainer() {
    return new Explainer(
        new Terms(
            RealParts.trust(),
            RealParts.LEEWAY,
            RealParts.MAX_LIFETIME,
            Terms.Signature.VERIFIED,
            Terms.Revocations.FEEDS));
  }

  private static void agrees(Decision decision, Explanation explanation) {
    assertEquals(DecisionRecord.Outcome.of(decision).word(), explanation.outcome().word());
    assertEquals(decision.reason(), explanation.reason());
    assertEquals(decision.facts().service().map(Service::name).orElse(""), explanation.service());
    assertEquals(decision.facts().rule().map(Rule::name).orElse(""), explanation.rule());
    assertEquals(List.of(Step.values()), explanation.steps().stream().map(Finding::step).toList());
    boolean allow = decision instanceof Decision.Allow;
    assertEquals(
        allow ? 0 : 1, count(explanation, State.FAILED), () -> ExplanationText.of(explanation));
    assertEquals(
        0, explanation.steps().stream().filter(ExplanationAgreementTest::isSilent).count());
    assertEquals(allow, explanation.needed().isEmpty(), () -> ExplanationText.of(explanation));
    // Nothing is said to be passed behind the step that failed.
    boolean ended = false;
    for (Finding finding : explanation.steps()) {
      assertFalse(ended && finding.state() == State.PASSED, () -> ExplanationText.of(explanation));
      ended |= finding.state() == State.FAILED;
    }
    List<String> deciding =
        explanation.candidates().stream()
            .filter(Explanation.Candidate::decides)
            .map(Explanation.Candidate::rule)
            .toList();
    boolean chosen = !explanation.rule().isEmpty();
    if (chosen) {
      assertEquals(List.of(explanation.rule()), deciding);
    }
    boolean conditionsHold =
        explanation.conditions().stream().allMatch(c -> c.state() == State.PASSED);
    if (allow) {
      assertTrue(conditionsHold, () -> ExplanationText.of(explanation));
    }
    if (decision.reason() == Reason.CONDITION_FALSE) {
      assertFalse(conditionsHold, () -> ExplanationText.of(explanation));
    }
    if (decision.reason() == Reason.CONDITION_FALSE
        || decision.reason() == Reason.INSUFFICIENT_SCOPE
        || decision.reason() == Reason.MISSING_CLAIM) {
      assertFalse(explanation.missing().isEmpty(), () -> ExplanationText.of(explanation));
    }
  }

  /** What was judged says what was seen. */
  private static boolean isSilent(Finding finding) {
    return switch (finding.state()) {
      case PASSED, FAILED -> finding.seen().isEmpty();
      case NOT_REACHED, UNKNOWN -> false;
    };
  }

  private static long count(Explanation explanation, State state) {
    return explanation.steps().stream().filter(f -> f.state() == state).count();
  }

  /** The token is in no explanation, and its claims are only where its signature held. */
  private static void keepsSecret(String token, Decision decision, Explanation explanation) {
    String all = ExplanationText.of(explanation) + ExplanationJson.of(explanation);
    if (token.length() > 20) {
      assertFalse(all.contains(token.substring(token.length() - 20)), all);
      assertFalse(all.contains(token.substring(0, 20)), all);
    }
    if (decision.facts().token().isEmpty()) {
      for (String claim : List.of("alice", "bob", "client_id", "elsewhere", "evil")) {
        assertFalse(all.contains(claim), all);
      }
    }
  }
}
