package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRequest;
import io.gat.policy.IssuanceRule;
import io.gat.policy.IssuanceTrial;
import io.gat.policy.IssuanceVerdict;
import io.gat.policy.IssuanceVerdict.Granted;
import io.gat.policy.Rollout;
import io.gat.policy.compile.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuanceRulesTest {
  private static final long SHADOW_SEED = 20261126;
  private static final Duration STANDARD = Duration.ofSeconds(60);
  private static final Duration CAP = Duration.ofMinutes(15);

  private static final IssuancePolicy POLICY =
      Policies.compiled(
              """
              version: gat/v1
              issuance: shop
              rules:
                - {name: reads, principals: "k8s:shop/checkout", audiences: orders, scopes: [r, l], max-ttl: 90s}
                - {name: cuts, principals: "k8s:shop/cart", audiences: [orders, bills], scopes: [r, w], max-ttl: 30s, narrow: true}
                - {name: a-strict, principals: "k8s:shop/both", audiences: orders, scopes: [r]}
                - {name: b-cuts, principals: "k8s:shop/both", audiences: orders, scopes: [r, w], narrow: true}
                - {name: c-same, principals: "k8s:shop/both", audiences: orders, scopes: [r, w], narrow: true}
              """)
          .issuance();

  private static final IssuanceRules RULES = new IssuanceRules(POLICY, STANDARD, CAP);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // principal, audience, scopes, ttl, what is said
        "k8s:shop/checkout, orders, r, -, reads [r] PT1M",
        "k8s:shop/checkout, orders, l r, 10, reads [l r] PT10S",
        "k8s:shop/checkout, orders, r, 90, reads [r] PT1M30S",
        "k8s:shop/checkout, orders, r, 91, ttl_too_long",
        "k8s:shop/checkout, orders, r w, -, scope_not_granted",
        "k8s:shop/checkout, orders, r w, 91, scope_not_granted",
        "k8s:shop/checkout, orders, '', -, no_scope",
        "k8s:shop/checkout, bills, r, -, wrong_audience",
        "k8s:shop/nobody, orders, r, -, unknown_principal",
        "k8s:shop/checkou, orders, r, -, unknown_principal",
        "k8s:shop/cart, orders, r, -, cuts [r] PT30S",
        "k8s:shop/cart, bills, w r, 30, cuts [w r] PT30S",
        "k8s:shop/cart, orders, r x, 10, cuts [r] PT10S narrowed",
        "k8s:shop/cart, orders, r, 31, cuts [r] PT30S narrowed",
        "k8s:shop/cart, orders, x y, -, scope_not_granted",
        "k8s:shop/both, orders, r, -, a-strict [r] PT1M",
        "k8s:shop/both, orders, r w, -, b-cuts [r w] PT1M",
        "k8s:shop/both, orders, r w x, -, b-cuts [r w] PT1M narrowed",
        "k8s:shop/both, orders, r, 900, a-strict [r] PT15M",
        "k8s:shop/both, orders, r, 901, b-cuts [r] PT15M narrowed",
      })
  void grantsWhatOneRuleGives(
      String principal, String audience, String scopes, @Nullable Integer ttl, String expected) {
    Set<String> asked =
        scopes.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(scopes.split(" ")));
    IssuanceRequest request =
        new IssuanceRequest(
            principal, audience, asked, ttl == null ? null : Duration.ofSeconds(ttl));
    assertEquals(expected, words(RULES.judge(request)));
  }

  private static String words(IssuanceVerdict verdict) {
    return switch (verdict) {
      case IssuanceVerdict.Granted g ->
          g.rule().name()
              + " ["
              + String.join(" ", g.scopes())
              + "] "
              + g.ttl()
              + (g.narrowed() ? " narrowed" : "");
      case IssuanceVerdict.Refused r -> r.why().code();
    };
  }

  @Test
  void neverGivesMoreThanARuleSays() {
    Random random = new Random(7);
    List<String> scopes = List.of("a", "b", "c", "d");
    int granted = 0;
    for (int i = 0; i < 20_000; i++) {
      List<IssuanceRule> rules = new ArrayList<>();
      for (int n = 0; n < 3; n++) {
        rules.add(
            new IssuanceRule(
                "i",
                "r" + n,
                some(random, List.of("p", "q")),
                some(random, List.of("x", "y")),
                some(random, scopes),
                random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(100)),
                random.nextBoolean()
                    ? IssuanceRule.OverAsking.REFUSED
                    : IssuanceRule.OverAsking.NARROWED));
      }
      IssuanceRequest request =
          new IssuanceRequest(
              "p",
              "x",
              some(random, scopes),
              random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(100)));
      IssuanceVerdict verdict = judge(rules, request);
      if (verdict instanceof IssuanceVerdict.Granted g) {
        granted++;
        assertTrue(g.rule().principals().contains("p"));
        assertTrue(g.rule().audiences().contains("x"));
        assertTrue(g.rule().scopes().containsAll(g.scopes()));
        assertTrue(request.scopes().containsAll(g.scopes()));
        assertTrue(g.ttl().compareTo(g.rule().maxTtl().orElse(CAP)) <= 0);
        boolean less =
            !g.scopes().equals(request.scopes())
                || (request.ttl() != null && !g.ttl().equals(request.ttl()));
        assertEquals(less, g.narrowed());
        assertTrue(!less || g.rule().overAsking() == IssuanceRule.OverAsking.NARROWED);
      }
      Collections.shuffle(rules, random);
      assertEquals(shape(verdict), shape(judge(rules, request)), "the order of rules matters");
    }
    assertTrue(granted > 3_000 && granted < 17_000, "granted " + granted);
  }

  /**
   * How much was given; which of two equal rules gave it depends on the order that the policy
   * sorts.
   */
  private static List<Object> shape(IssuanceVerdict verdict) {
    return switch (verdict) {
      case IssuanceVerdict.Granted g -> List.of(g.scopes().size(), g.ttl(), g.narrowed());
      case IssuanceVerdict.Refused r -> List.of(r.why());
    };
  }

  @Test
  void grantsNothingWithoutRules() {
    IssuanceRequest request = new IssuanceRequest("p", "a", Set.of("s"), null);
    assertInstanceOf(IssuanceVerdict.Refused.class, judge(List.of(), request));
  }

  private static IssuanceVerdict judge(List<IssuanceRule> rules, IssuanceRequest request) {
    return new IssuanceRules(new IssuancePolicy(rules), STANDARD, CAP).judge(request);
  }

  private static Set<String> some(Random random, List<String> of) {
    Set<String> some = new LinkedHashSet<>();
    while (some.isEmpty()) {
      of.stream().filter(x -> random.nextBoolean()).forEach(some::add);
    }
    return some;
  }

  @Test
  void shadowIsToldBesideWhatIsEnforced() {
    IssuancePolicy policy =
        Policies.compiled(
                """
                version: gat/v1
                issuance: shop
                rules:
                  - {name: live, principals: "k8s:a/b", audiences: orders, scopes: [r]}
                  - {name: more, enforce: shadow, principals: ["k8s:a/b", "k8s:a/new"], audiences: orders, scopes: [r, w]}
                """)
            .issuance();
    IssuanceRules rules = new IssuanceRules(policy, STANDARD, CAP);
    IssuanceTrial more = rules.observe(asks("k8s:a/b", "r", "w"));
    assertEquals(
        new IssuanceVerdict.Refused(IssuanceVerdict.Refusal.SCOPE_NOT_GRANTED), more.enforced());
    assertEquals("more", assertInstanceOf(Granted.class, more.candidate()).rule().name());
    assertTrue(more.disagrees());
    IssuanceTrial stranger = rules.observe(asks("k8s:a/new", "r"));
    assertEquals(
        new IssuanceVerdict.Refused(IssuanceVerdict.Refusal.UNKNOWN_PRINCIPAL),
        stranger.enforced());
    assertInstanceOf(Granted.class, stranger.candidate());
    assertFalse(rules.observe(asks("k8s:a/b", "r")).disagrees());
    assertFalse(rules.observe(asks("k8s:a/b")).disagrees());
  }

  private static IssuanceRequest asks(String principal, String... scopes) {
    return new IssuanceRequest(principal, "orders", new LinkedHashSet<>(List.of(scopes)), null);
  }

  /**
   * Random rules: what is enforced is what rules without those in shadow say, for each principal.
   */
  @Test
  void aRolloutIsEnforcedForItsShareAndInShadowForTheRest() {
    Random random = new Random(SHADOW_SEED);
    int disagreements = 0;
    for (int n = 0; n < 2_000; n++) {
      String principal = "k8s:a/p" + random.nextInt(30);
      List<IssuanceRule> all = new ArrayList<>();
      for (int r = 1 + random.nextInt(4); r > 0; r--) {
        all.add(
            new IssuanceRule(
                "i",
                "rule-" + r,
                Set.of(principal, "k8s:a/other"),
                Set.of("orders"),
                random.nextBoolean() ? Set.of("r") : Set.of("r", "w"),
                Duration.ofSeconds(30L + 10L * random.nextInt(3)),
                random.nextBoolean()
                    ? IssuanceRule.OverAsking.NARROWED
                    : IssuanceRule.OverAsking.REFUSED,
                new Rollout(List.of(0, 3_000, 5_000, 10_000).get(random.nextInt(4)))));
      }
      List<IssuanceRule> counting = all.stream().filter(r -> r.isEnforcedFor(principal)).toList();
      IssuanceRequest request = asks(principal, random.nextBoolean() ? "r" : "w");
      IssuanceTrial trial =
          new IssuanceRules(new IssuancePolicy(all), STANDARD, CAP).observe(request);
      assertEquals(plain(counting, request), said(trial.enforced()));
      assertEquals(plain(all, request), said(trial.candidate()));
      assertEquals(
          trial.enforced(),
          new IssuanceRules(new IssuancePolicy(all), STANDARD, CAP).judge(request));
      disagreements += trial.disagrees() ? 1 : 0;
    }
    assertTrue(disagreements > 200, "disagreements: " + disagreements);
  }

  /** What the same rules say where all of them are enforced for everybody. */
  private static String plain(List<IssuanceRule> rules, IssuanceRequest request) {
    List<IssuanceRule> enforced =
        rules.stream()
            .map(
                r ->
                    new IssuanceRule(
                        r.issuance(),
                        r.name(),
                        r.principals(),
                        r.audiences(),
                        r.scopes(),
                        r.maxTtl().orElse(null),
                        r.overAsking()))
            .toList();
    return said(new IssuanceRules(new IssuancePolicy(enforced), STANDARD, CAP).judge(request));
  }

  private static String said(IssuanceVerdict verdict) {
    return switch (verdict) {
      case Granted granted -> granted.rule().name() + " " + granted.scopes() + " " + granted.ttl();
      case IssuanceVerdict.Refused refused -> refused.why().code();
    };
  }
}
