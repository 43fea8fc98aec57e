package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.ActedFor;
import io.gat.policy.Evidence;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRequest;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.IssuanceVerdict;
import io.gat.policy.compile.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On whose behalf, with which tags and binding, and what is required before. */
class IssuanceTermsTest {
  private static final IssuanceRules RULES =
      rules(
          """
          version: gat/v1
          issuance: i
          rules:
            - {name: own, principals: "client:desk", audiences: a, scopes: [own]}
            - name: held
              principals: "client:desk"
              on-behalf-of: {gat: {audiences: [web, app], scopes: [view, more]}}
              audiences: a
              scopes: [s]
            - name: staff
              principals: "client:desk"
              on-behalf-of: {principals: ["oidc:https://idp.example#staff:*", "k8s:shop/cart"]}
              audiences: a
              scopes: [s]
            - {name: bound, principals: "client:bound", audiences: a, scopes: [s], binding: Certificate}
            - {name: tagged, principals: "client:tags", audiences: a, scopes: [s], tags: {team: shop, purpose: [debug, export]}}
            - name: attested
              principals: "client:attested"
              audiences: a
              scopes: [s]
              require: {attestation: {verifier: training, claims: {course: [privacy, law], level: two}, max-age: 1m}}
            - name: approved
              principals: "client:approved"
              audiences: a
              scopes: [s]
              require: {approval: {by: [carol, dave], for: 1h}}
            - {name: any-yes, principals: "client:any", audiences: a, scopes: [s], require: {approval: {}}}
            - {name: plain, principals: "client:either", audiences: a, scopes: [s], max-ttl: 10s}
            - name: longer
              principals: "client:either"
              audiences: a
              scopes: [s, t]
              require: {approval: {}}
          """);

  private static IssuanceRules rules(String text) {
    IssuancePolicy policy = Policies.compiled(text).issuance();
    return new IssuanceRules(policy, Duration.ofSeconds(60), Duration.ofMinutes(15));
  }

  private static IssuanceRequest asks(String principal, String scope) {
    return new IssuanceRequest(principal, "a", Set.of(scope), null);
  }

  private static String said(IssuanceRequest request) {
    return switch (RULES.judge(request)) {
      case IssuanceVerdict.Granted granted ->
          granted.rule().name() + " " + new TreeMap<>(granted.tags());
      case IssuanceVerdict.Refused refused -> refused.why().code();
    };
  }

  private static IssuanceRequest with(
      IssuanceRequest plain, ActedFor subject, Map<String, String> tags, Evidence evidence) {
    return new IssuanceRequest(
        plain.principal(), plain.audience(), plain.scopes(), plain.ttl(), subject, tags, evidence);
  }

  @ParameterizedTest
  @CsvSource({
    // scope, audience and scopes of the exchanged gat, what is said
    "s, web, view more, held {}",
    "s, app, view more else, held {}",
    "s, web, view, subject_not_allowed",
    "s, desk, view more, subject_not_allowed",
    "own, web, view more, scope_not_granted",
  })
  void holdersAreActedForByTheirTokens(String scope, String audience, String held, String said) {
    ActedFor holder = new ActedFor.Holder(Set.of(audience), Set.of(held.split(" ")));
    assertEquals(said, said(with(asks("client:desk", scope), holder, Map.of(), Evidence.NONE)));
  }

  @ParameterizedTest
  @CsvSource({
    "oidc:https://idp.example#staff:bob, staff {}",
    "oidc:https://idp.example#staff:bob:x, subject_not_allowed",
    "oidc:https://idp.example#staff:, subject_not_allowed",
    "oidc:https://idp.example#customer:eve, subject_not_allowed",
    "oidc:https://evil.example#staff:bob, subject_not_allowed",
    "k8s:shop/cart, staff {}",
    "k8s:shop/carts, subject_not_allowed",
  })
  void provedSubjectsAreActedForByTheirNames(String principal, String said) {
    ActedFor proved = new ActedFor.Proved(principal);
    assertEquals(said, said(with(asks("client:desk", "s"), proved, Map.of(), Evidence.NONE)));
  }

  @Test
  void aRuleForOthersGivesNothingToTheCallerItself() {
    assertEquals("own {}", said(asks("client:desk", "own")));
    assertEquals("scope_not_granted", said(asks("client:desk", "s")));
    ActedFor proved = new ActedFor.Proved("k8s:shop/cart");
    assertEquals(
        "subject_not_allowed",
        said(with(asks("client:tags", "s"), proved, Map.of(), Evidence.NONE)),
        "a rule about the caller's own tokens lets nobody act for others");
  }

  @Test
  void aBoundTokenTakesACertificate() {
    IssuanceRequest request = asks("client:bound", "s");
    assertEquals("binding_needed", said(request));
    Evidence shown = new Evidence(Evidence.Connection.CERTIFICATE, List.of(), Set.of());
    assertEquals("bound {}", said(with(request, new ActedFor.Nobody(), Map.of(), shown)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '{team=shop}'",
    "purpose=debug, '{purpose=debug, team=shop}'",
    "purpose=export, '{purpose=export, team=shop}'",
    "purpose=anything, tag_not_allowed",
    "team=shop, '{team=shop}'",
    "team=other, tag_not_allowed",
    "mail=a, tag_not_allowed",
  })
  void tagsAreTheRulesOrOfItsList(String asked, String said) {
    int equals = asked.indexOf('=');
    Map<String, String> tags =
        asked.isEmpty()
            ? Map.of()
            : Map.of(asked.substring(0, equals), asked.substring(equals + 1));
    String expected = said.startsWith("{") ? "tagged " + said : said;
    assertEquals(
        expected, said(with(asks("client:tags", "s"), new ActedFor.Nobody(), tags, Evidence.NONE)));
  }

  @Test
  void attestationsAreOfTheVerifierFreshAndSayEverything() {
    Map<String, Object> good = Map.of("course", List.of("law", "art"), "level", "two");
    assertEquals("attested {}", attested("training", good, 60));
    assertEquals(
        "attested {}", attested("training", Map.of("course", "privacy", "level", "two"), 0));
    assertEquals("attestation_needed", attested("training", good, 61));
    assertEquals("attestation_needed", attested("other", good, 1));
    assertEquals("attestation_needed", attested("training", Map.of("course", "law"), 1));
    assertEquals(
        "attestation_needed", attested("training", Map.of("course", "law", "level", 2), 1));
    assertEquals(
        "attestation_needed",
        attested("training", Map.of("course", List.of("art"), "level", "two"), 1));
    assertEquals("attestation_needed", said(asks("client:attested", "s")));
  }

  private static String attested(String verifier, Map<String, Object> claims, int age) {
    Evidence evidence =
        new Evidence(
            Evidence.Connection.PLAIN,
            List.of(new Evidence.Attested(verifier, claims, Duration.ofSeconds(age))),
            Set.of());
    return said(with(asks("client:attested", "s"), new ActedFor.Nobody(), Map.of(), evidence));
  }

  @ParameterizedTest
  @CsvSource({
    "client:approved, i/approved, carol, approved {}",
    "client:approved, i/approved, dave, approved {}",
    "client:approved, i/approved, eve, approval_needed",
    "client:approved, i/other, carol, approval_needed",
    "client:any, i/any-yes, eve, any-yes {}",
  })
  void approvalsAreOfTheRuleAndOfWhoMay(String principal, String rule, String by, String said) {
    Evidence evidence =
        new Evidence(Evidence.Connection.PLAIN, List.of(), Set.of(new Evidence.Approved(rule, by)));
    IssuanceRequest request = asks(principal, "s");
    assertEquals(said, said(with(request, new ActedFor.Nobody(), Map.of(), evidence)));
  }

  @Test
  void aRefusalTellsWhatAYesWouldGive() {
    var refused = (IssuanceVerdict.Refused) RULES.judge(asks("client:approved", "s"));
    assertEquals("approval_needed", refused.why().code());
    assertEquals("approved", refused.ifApproved().orElseThrow().rule().name());
  }

  @Test
  void nobodyIsAskedForAYesThatIsNotNeeded() {
    assertEquals("plain {}", said(asks("client:either", "s")));
    assertEquals("approval_needed", said(asks("client:either", "t")));
  }

  @Test
  void termsAreWithinWhatGivesNoLess() {
    IssuanceTerms plain = IssuanceTerms.plain();
    IssuanceTerms bound = terms("binding: certificate");
    assertTrue(bound.isWithin(plain));
    assertFalse(plain.isWithin(bound));
    IssuanceTerms approved = terms("require: {approval: {by: [a], for: 10m}}");
    assertTrue(approved.isWithin(terms("require: {approval: {for: 10m}}")));
    assertTrue(approved.isWithin(terms("require: {approval: {by: [a, b], for: 20m}}")));
    assertFalse(approved.isWithin(terms("require: {approval: {by: [b], for: 20m}}")));
    assertFalse(approved.isWithin(terms("require: {approval: {by: [a], for: 5m}}")));
    IssuanceTerms attested = terms("require: {attestation: {verifier: v, claims: {c: [x]}}}");
    assertTrue(
        attested.isWithin(terms("require: {attestation: {verifier: v, claims: {c: [x, y]}}}")));
    assertTrue(attested.isWithin(terms("require: {attestation: {verifier: v}}")));
    assertFalse(terms("require: {attestation: {verifier: v}}").isWithin(attested));
    assertFalse(attested.isWithin(terms("require: {attestation: {verifier: w}}")));
    IssuanceTerms held = terms("on-behalf-of: {gat: {audiences: [w], scopes: [a, b]}}");
    assertTrue(held.isWithin(terms("on-behalf-of: {gat: {audiences: [w, x], scopes: [a]}}")));
    assertFalse(held.isWithin(terms("on-behalf-of: {gat: {audiences: [w], scopes: [c]}}")));
    assertFalse(held.isWithin(plain), "to act for others is another thing");
    assertTrue(
        terms("on-behalf-of: {principals: [\"k8s:a/b\"]}")
            .isWithin(terms("on-behalf-of: {principals: [\"k8s:a/*\"]}")));
    assertFalse(terms("claims: [groups]").isWithin(plain));
    assertTrue(plain.isWithin(terms("claims: [groups]")));
  }

  private static IssuanceTerms terms(String written) {
    return Policies.compiled(
            """
            version: gat/v1
            issuance: i
            rules:
              - {name: r, principals: "client:a", audiences: a, scopes: [s], %s}
            """
                .formatted(written))
        .issuance()
        .rules()
        .getFirst()
        .terms();
  }
}
