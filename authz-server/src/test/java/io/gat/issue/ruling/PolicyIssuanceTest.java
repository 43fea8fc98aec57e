package io.gat.issue.ruling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.TestGats;
import io.gat.audit.AuditEvent;
import io.gat.issue.caller.Caller;
import io.gat.issue.caller.ClaimedCallers;
import io.gat.issue.caller.Secret;
import io.gat.issue.caller.TestCallers;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import io.gat.log.Appended;
import io.gat.log.MemoryLog;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.IssuanceRules;
import io.gat.policy.parse.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyIssuanceTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final String BOB = "oidc:https://idp.example#bob";
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CRYPTO);

  private final MemoryLog log = new MemoryLog();
  private final Approvals approvals = new Approvals(log);
  private final TestGats.Trail trail = new TestGats.Trail();
  private final IssuanceShadow shadow = new IssuanceShadow();
  private final Attestations attestations =
      new Attestations(
          List.of(
              new Attestations.Terms(
                  "training",
                  "https://training.example",
                  "https://gat.example",
                  Set.of(Algorithm.ES256),
                  new FixedKeys(KEY))),
          CRYPTO);
  private IssuanceRules rules = compiled(60, "30m");
  private final PolicyIssuance issuance = issuance(Throttle.none());

  /** Keys that are there, or nothing where there is none. */
  private record FixedKeys(@Nullable SigningKey key) implements KeySource {
    @Override
    public void start(Consumer<KeySet> listener) {
      if (key != null) {
        listener.accept(new KeySet(List.of(key.verificationKey()), Instant.EPOCH, Instant.MAX));
      }
    }

    @Override
    public boolean refreshForUnknownKey(Duration patience) {
      return false;
    }

    @Override
    public void close() {}
  }

  private static IssuanceRules compiled(int ttl, String longest) {
    String text =
        """
        version: gat/v1
        issuance: data
        rules:
          - {name: reads, principals: "client:shop", audiences: rows, scopes: [r, w], max-ttl: 90s}
          - {name: more, enforce: shadow, principals: "client:shop", audiences: rows, scopes: [r, w, x], max-ttl: 90s}
          - {name: bound, principals: "client:bound", audiences: rows, scopes: r, binding: certificate}
          - name: staff
            principals: "client:desk"
            on-behalf-of: {principals: ["oidc:https://idp.example#*"]}
            audiences: rows
            scopes: [r]
            tags: {team: data, purpose: [audit, report]}
            claims: [department, groups]
            require: {attestation: {verifier: training, claims: {course: privacy}, max-age: 1m}}
          - name: export
            principals: "client:desk"
            on-behalf-of: {principals: ["oidc:https://idp.example#*"]}
            audiences: rows
            scopes: [export, list]
            max-ttl: %ss
            tags: {purpose: [audit, report]}
            require: {approval: {by: [carol, "%s"], for: %s}}
        """
            .formatted(ttl, BOB, longest);
    PolicyCompiler.Compiled set =
        assertInstanceOf(
            PolicyCompiler.Compiled.class,
            PolicyCompiler.compile(List.of(new Source("i.yaml", text))));
    return new IssuanceRules(set.issuance(), Duration.ofSeconds(60), Duration.ofMinutes(15));
  }

  private PolicyIssuance issuance(Throttle throttle) {
    return new PolicyIssuance(
        () -> rules,
        throttle,
        attestations,
        Optional.of(new PolicyIssuance.Approving(approvals, trail)),
        shadow);
  }

  @AfterEach
  void close() {
    approvals.close();
    attestations.close();
    log.close();
  }

  private static Ask ask(
      Caller caller,
      Optional<Subject> subject,
      List<String> scopes,
      @Nullable Duration ttl,
      Optional<String> certificate,
      Map<String, String> tags,
      List<Secret> attestations,
      String approval) {
    return new Ask(caller, subject, "rows", scopes, ttl, certificate, tags, attestations, approval);
  }

  private static Ask own(String principal, String... scopes) {
    return ask(
        TestCallers.named(principal),
        Optional.empty(),
        List.of(scopes),
        null,
        Optional.empty(),
        Map.of(),
        List.of(),
        "");
  }

  private static Ask export(List<String> scopes, @Nullable Duration ttl, String approval) {
    return forBob(scopes, ttl, Map.of("purpose", "audit"), Map.of(), List.of(), approval);
  }

  private static Ask forBob(
      List<String> scopes,
      @Nullable Duration ttl,
      Map<String, String> tags,
      Map<String, Object> claims,
      List<Secret> attestations,
      String approval) {
    return ask(
        TestCallers.named("client:desk"),
        Optional.of(new Subject.Proved(ClaimedCallers.with(BOB, "bob", claims))),
        scopes,
        ttl,
        Optional.empty(),
        tags,
        attestations,
        approval);
  }

  private static Secret attestation(String subject, String audience, int age, String course) {
    long iat = NOW.getEpochSecond() - age;
    String json =
        """
        {"iss":"https://training.example","sub":"%s","aud":"%s","iat":%d,"exp":%d,"course":["%s"]}"""
            .formatted(subject, audience, iat, iat + 3600, course);
    return new Secret(KEY.sign(json, "JWT", new TokenSigner.Facts("", "", Instant.MAX)).compact());
  }

  private Ruling.Granted granted(Ask ask) {
    return assertInstanceOf(Ruling.Granted.class, issuance.rule(ask, NOW));
  }

  private Ruling.Refused refused(Ask ask, Instant now) {
    return assertInstanceOf(Ruling.Refused.class, issuance.rule(ask, now));
  }

  @Test
  void grantsWhatARuleGives() {
    assertEquals(
        new Ruling.Granted(
            "data/reads",
            List.of("w", "r"),
            Duration.ofSeconds(60),
            false,
            Optional.empty(),
            Map.of(),
            Map.of()),
        granted(own("client:shop", "w", "r")));
  }

  @ParameterizedTest
  @CsvSource({
    "client:shop, r x, INVALID_SCOPE, scope_not_granted",
    "client:nobody, r, UNAUTHORIZED_CLIENT, unknown_principal",
    "client:desk, r, UNAUTHORIZED_CLIENT, subject_not_allowed",
    "client:bound, r, INVALID_REQUEST, binding_needed",
  })
  void refusesWithTheStandardsErrorAndACode(
      String principal, String scopes, Ruling.OauthError error, String code) {
    Ruling.Refused refused = refused(own(principal, scopes.split(" ", -1)), NOW);
    assertEquals(error, refused.error());
    assertEquals(code, refused.code());
  }

  @Test
  void bindsToTheCertificateOfTheCaller() {
    Ask ask =
        ask(
            TestCallers.named("client:bound"),
            Optional.empty(),
            List.of("r"),
            null,
            Optional.of("thumbprint"),
            Map.of(),
            List.of(),
            "");
    assertEquals(Optional.of("thumbprint"), granted(ask).certificate());
  }

  @Test
  void takesOverTheAllowedClaimsOfWhomItIsAbout() {
    Secret taught = attestation(BOB, "https://gat.example", 59, "privacy");
    Map<String, Object> claims =
        Map.of("department", "law", "groups", List.of("a", "b"), "email", "bob@example.org");
    Ruling.Granted granted =
        granted(
            forBob(List.of("r"), null, Map.of("purpose", "report"), claims, List.of(taught), ""));
    assertEquals(Map.of("department", "law", "groups", List.of("a", "b")), granted.claims());
    assertEquals(Map.of("team", "data", "purpose", "report"), granted.tags());
    List<String> many = IntStream.range(0, 33).mapToObj(i -> "group-" + i).toList();
    for (Object value : List.of(many, Map.of("a", "b"), "x".repeat(257), List.of(1L))) {
      Ask ask = forBob(List.of("r"), null, Map.of(), Map.of("groups", value), List.of(taught), "");
      assertEquals("claim_unusable", refused(ask, NOW).code());
    }
  }

  @Test
  void attestationsAreAboutTheSubjectForThisIssuerAndFresh() {
    assertEquals(
        "what was sent is wrong_subject",
        tail(attestation("oidc:https://idp.example#eve", "https://gat.example", 1, "privacy")));
    assertEquals(
        "what was sent is wrong_subject",
        tail(attestation("client:desk", "https://gat.example", 1, "privacy")));
    assertEquals(
        "what was sent is wrong_audience",
        tail(attestation(BOB, "https://other.example", 1, "privacy")));
    Secret good = attestation(BOB, "https://gat.example", 1, "privacy");
    assertEquals("what was sent is malformed_token", tail(new Secret("x")));
    String compact = good.reveal();
    Secret tampered = new Secret(compact.substring(0, compact.length() - 4) + "AAAA");
    assertEquals("what was sent is bad_signature", tail(tampered));
    assertEquals("", tail(attestation(BOB, "https://gat.example", 61, "privacy")));
    assertEquals("", tail(attestation(BOB, "https://gat.example", 1, "first-aid")));
    assertInstanceOf(
        Ruling.Granted.class,
        issuance.rule(
            forBob(List.of("r"), null, Map.of(), Map.of(), List.of(new Secret("x"), good), ""),
            NOW));
  }

  /** What is said of it after the semicolon. */
  private String tail(Secret attestation) {
    Ruling.Refused refused =
        refused(forBob(List.of("r"), null, Map.of(), Map.of(), List.of(attestation), ""), NOW);
    assertEquals("attestation_needed", refused.code());
    int semicolon = refused.description().indexOf("; ");
    return semicolon < 0 ? "" : refused.description().substring(semicolon + 2);
  }

  @Test
  void asksAgainWhereTheVerifiersKeysAreAway() {
    Attestations away =
        new Attestations(
            List.of(
                new Attestations.Terms(
                    "training",
                    "https://training.example",
                    "https://gat.example",
                    Set.of(Algorithm.ES256),
                    new FixedKeys(null))),
            CRYPTO);
    PolicyIssuance other =
        new PolicyIssuance(
            () -> rules, Throttle.none(), away, Optional.empty(), new IssuanceShadow());
    Secret good = attestation(BOB, "https://gat.example", 1, "privacy");
    assertInstanceOf(
        Ruling.Unavailable.class,
        other.rule(forBob(List.of("r"), null, Map.of(), Map.of(), List.of(good), ""), NOW));
  }

  private String asked() {
    Ruling.Refused refused = refused(export(List.of("export"), null, ""), NOW);
    assertEquals(Ruling.OauthError.ACCESS_DENIED, refused.error());
    assertEquals("approval_needed", refused.code());
    List<Approval> all = approvals.all(NOW);
    assertEquals(1, all.size());
    String id = all.getFirst().id();
    assertTrue(refused.description().contains("gat approve " + id), refused.description());
    return id;
  }

  @Test
  void aSecondPersonIsAskedOnceAndTheirYesGivesTokensForItsTime() {
    String id = asked();
    assertEquals(id, asked());
    assertEquals(
        List.of(AuditEvent.Action.APPROVAL_REQUESTED),
        trail.events().stream().map(AuditEvent::action).toList());
    assertEquals(id, trail.events().getFirst().details().get("approval"));
    approvals.grant(id, "carol", Duration.ofMinutes(10), "audit 7", NOW);
    Ruling.Granted granted = granted(export(List.of("export"), null, ""));
    assertEquals(id, granted.approval());
    assertEquals(Duration.ofSeconds(60), granted.ttl());
    assertEquals(id, granted(export(List.of("export"), null, id)).approval());
    Instant last = NOW.plusSeconds(570);
    assertEquals(
        Duration.ofSeconds(30),
        assertInstanceOf(
                Ruling.Granted.class, issuance.rule(export(List.of("export"), null, id), last))
            .ttl(),
        "no token outlives the yes");
    assertEquals(
        "approval_needed",
        refused(export(List.of("export"), null, id), NOW.plusSeconds(600)).code());
  }

  @Test
  void aYesIsToJustWhatWasAsked() {
    String id = asked();
    approvals.grant(id, "carol", Duration.ofMinutes(10), "audit 7", NOW);
    assertEquals(
        "approval_needed", refused(export(List.of("export", "list"), null, id), NOW).code());
    assertEquals("approval_needed", refused(export(List.of("list"), null, id), NOW).code());
    Ask report =
        forBob(List.of("export"), null, Map.of("purpose", "report"), Map.of(), List.of(), id);
    assertEquals("approval_needed", refused(report, NOW).code());
    Ask eve =
        ask(
            TestCallers.named("client:desk"),
            Optional.of(
                new Subject.Proved(
                    ClaimedCallers.with("oidc:https://idp.example#eve", "eve", Map.of()))),
            List.of("export"),
            null,
            Optional.empty(),
            Map.of("purpose", "audit"),
            List.of(),
            id);
    assertEquals("approval_needed", refused(eve, NOW).code());
    Ask unknown = export(List.of("export"), null, "another-id");
    assertEquals("approval_needed", refused(unknown, NOW).code());
    assertEquals(id, granted(export(List.of("export"), Duration.ofSeconds(10), id)).approval());
  }

  @Test
  void aYesIsToNoLongerLifeThanWasAsked() {
    refused(export(List.of("export"), Duration.ofSeconds(10), ""), NOW);
    String id = approvals.all(NOW).getFirst().id();
    approvals.grant(id, "carol", Duration.ofMinutes(10), "audit 7", NOW);
    assertEquals(
        "approval_needed",
        refused(export(List.of("export"), Duration.ofSeconds(11), id), NOW).code());
    assertEquals(
        Duration.ofSeconds(10),
        granted(export(List.of("export"), Duration.ofSeconds(10), id)).ttl());
  }

  @Test
  void theSubjectCannotApproveThoughTheRuleNamesThem() {
    Approval asked = approvals.find(asked(), NOW).orElseThrow();
    assertEquals(Optional.of("own_request"), Approvals.objection(asked, BOB));
    assertEquals(Optional.of("own_request"), Approvals.objection(asked, "bob"));
    assertEquals(Optional.of("own_request"), Approvals.objection(asked, "client:desk"));
    assertEquals(Optional.empty(), Approvals.objection(asked, "carol"));
  }

  @Test
  void aStricterRuleCountsForAnOlderYes() {
    String id = asked();
    approvals.grant(id, "carol", Duration.ofMinutes(30), "audit 7", NOW);
    Instant later = NOW.plusSeconds(300);
    assertInstanceOf(
        Ruling.Granted.class, issuance.rule(export(List.of("export"), null, id), later));
    rules = compiled(60, "5m");
    assertEquals("approval_needed", refused(export(List.of("export"), null, id), later).code());
    rules = compiled(30, "30m");
    assertEquals(
        Duration.ofSeconds(30),
        assertInstanceOf(
                Ruling.Granted.class, issuance.rule(export(List.of("export"), null, id), later))
            .ttl());
  }

  @Test
  void aNoIsTold() {
    approvals.refuse(asked(), "carol", "not today", NOW);
    Ruling.Refused refused = refused(export(List.of("export"), null, ""), NOW);
    assertEquals("approval_refused", refused.code());
    assertEquals(Ruling.OauthError.ACCESS_DENIED, refused.error());
  }

  @Test
  void nobodyIsToldOfAQuestionThatTheAuditLogDoesNotHave() {
    trail.answer(new Appended.Unknown("away"));
    assertInstanceOf(
        Ruling.Unavailable.class, issuance.rule(export(List.of("export"), null, ""), NOW));
  }

  /**
   * The question is in the log, so nothing about it is new; it is told to the audit log all the
   * same.
   */
  @Test
  void aQuestionThatTheAuditLogDidNotTakeIsWrittenThereWhenItIsAskedAgain() {
    trail.answer(new Appended.Unknown("away"));
    Ask ask = export(List.of("export"), null, "");
    assertInstanceOf(Ruling.Unavailable.class, issuance.rule(ask, NOW));
    assertInstanceOf(Ruling.Unavailable.class, issuance.rule(ask, NOW));
    assertEquals(List.of(), trail.events());
    trail.answer(new Appended.At(1, Appended.Novelty.NEW));
    String id = asked();
    assertEquals(id, asked());
    assertEquals(
        List.of(id),
        trail.events().stream()
            .filter(e -> e.action() == AuditEvent.Action.APPROVAL_REQUESTED)
            .map(e -> e.details().get("approval"))
            .toList());
  }

  @Test
  void countsWhatRulesInShadowWouldHaveSaid() {
    refused(own("client:shop", "r", "x"), NOW);
    refused(own("client:shop", "x"), NOW);
    granted(own("client:shop", "r"));
    assertEquals(Map.of("data/more", 2L), shadow.counts());
  }

  @Test
  void whoeverAsksTooOftenIsToldWhenToCome() {
    List<String> asked = new ArrayList<>();
    PolicyIssuance limited =
        issuance(
            principal -> {
              asked.add(principal);
              return new Throttle.Admission.Later(Duration.ofSeconds(3));
            });
    assertEquals(
        new Ruling.Throttled(Duration.ofSeconds(3)), limited.rule(own("client:shop", "r"), NOW));
    assertEquals(List.of("client:shop"), asked);
  }
}
