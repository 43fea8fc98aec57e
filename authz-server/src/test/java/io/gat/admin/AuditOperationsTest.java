package io.gat.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditLog;
import io.gat.audit.AuditRecord;
import io.gat.audit.AuditTrail;
import io.gat.audit.CheckpointSigner;
import io.gat.decide.KeyRefresher;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.issue.Revocations;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import io.gat.usage.ScopeUse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AuditOperationsTest {
  private static final String ISSUER = "https://gat.example";
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CRYPTO);

  private final MemoryLog log = new MemoryLog();
  private final List<AdminOperation> operations =
      new AuditOperations(
              log,
              () ->
                  new IssuancePolicy(
                      List.of(
                          new IssuanceRule(
                              "shop",
                              "web",
                              Set.of("k8s:shop/web"),
                              Set.of("cart"),
                              Set.of("cart:read", "cart:write"),
                              null,
                              IssuanceRule.OverAsking.REFUSED))),
              () -> NOW)
          .all();

  @BeforeEach
  void records() {
    try (AuditLog audit =
        AuditLog.open(log, CheckpointSigner.of(() -> KEY), signed -> {}, () -> NOW)) {
      for (int i = 0; i < 7; i++) {
        audit
            .record(
                AuditEvent.about(
                        i % 2 == 0 ? Action.TOKEN_ISSUED : Action.REVOKED,
                        Outcome.DONE,
                        new Actor(Actor.Kind.CALLER, "k8s:shop/web", ""))
                    .withSubject("s" + i)
                    .withAudiences(List.of("cart"))
                    .withScopes(List.of("cart:read"))
                    .withRule("shop/web")
                    .event())
            .join();
      }
    }
  }

  /** Whoever has a gat with the scope, and nobody with another. */
  private static OperatorGate.Admission admission(String scope, String path) {
    return admission("GET", scope, path, "");
  }

  private static OperatorGate.Admission admission(
      String method, String scope, String path, String more) {
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub", "jti", "client_id", "scope"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    Moment moment = new Moment(NOW, Duration.ZERO);
    OperatorGate gate =
        new OperatorGate(
            new JoseTokenVerifier(
                List.of(terms), Duration.ofSeconds(5), Duration.ofMinutes(15), CRYPTO),
            () ->
                new OperatorGate.Evidence(
                    Map.of(
                        ISSUER,
                        new FeedView(
                            Lease.proved(moment, Duration.ofSeconds(5)), 1, RevocationSet.empty())),
                    TrustedKeys.none()
                        .with(
                            ISSUER, new KeySet(List.of(KEY.verificationKey()), NOW, Instant.MAX))),
            KeyRefresher.none(),
            () -> moment);
    String token =
        KEY.sign(
            """
            {"iss":"%s","sub":"olga","aud":"gat-admin","exp":%d,"iat":%d,"jti":"j",
             "client_id":"cli","scope":"%s"%s}"""
                .formatted(ISSUER, NOW.getEpochSecond() + 60, NOW.getEpochSecond(), scope, more),
            "at+jwt");
    return gate.admit(method, path, List.of("Bearer " + token), "r");
  }

  private Answer get(String path, Map<String, String> query) {
    Operator operator =
        assertInstanceOf(OperatorGate.Admission.Admitted.class, admission("gat:audit", path))
            .operator();
    return operations.stream()
        .filter(o -> o.path().equals(path))
        .findFirst()
        .orElseThrow()
        .handler()
        .run(operator, new Call(Map.of(), query, "", "r", ""));
  }

  @Test
  void takesTheScopeForAudits() {
    for (AdminOperation operation : operations) {
      assertInstanceOf(
          OperatorGate.Admission.Refused.class, admission("gat:keys gat:revoke", operation.path()));
    }
  }

  @Test
  void listsPageByPage() throws Exception {
    int seen = 0;
    String after = "0";
    boolean ended = false;
    while (!ended) {
      Answer answer = get("/v1/audit", Map.of("after", after, "limit", "3"));
      assertEquals(200, answer.status(), answer.json());
      Map<String, Object> page = StrictJson.object(answer.json());
      seen += assertInstanceOf(List.class, page.get("records")).size();
      after = String.valueOf(page.get("next"));
      ended = Boolean.TRUE.equals(page.get("ended"));
    }
    assertEquals(7, seen);
  }

  @Test
  void listsWhatIsLookedFor() {
    String json = get("/v1/audit", Map.of("action", "revoked", "subject", "s3")).json();
    assertTrue(json.contains("\"subject\":\"s3\""), json);
    assertTrue(!json.contains("s1"), json);
    assertTrue(get("/v1/audit", Map.of("since", "2026-11-27T00:00:00Z")).json().contains("[]"));
    assertTrue(get("/v1/audit", Map.of("until", "1h")).json().contains("[]"));
    assertTrue(get("/v1/audit", Map.of("since", "1h")).json().contains("\"subject\":\"s3\""));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertEquals(400, get("/v1/audit", Map.of("subjects", "a")).status());
    assertEquals(400, get("/v1/audit", Map.of("action", "a")).status());
    assertEquals(400, get("/v1/audit", Map.of("since", "now")).status());
    assertEquals(400, get("/v1/audit", Map.of("limit", "0")).status());
    assertEquals(400, get("/v1/audit", Map.of("after", "-1")).status());
  }

  @Test
  void tellsWhatWasNeverGranted() {
    String json = get("/v1/audit/unused", Map.of()).json();
    assertTrue(json.contains("\"never_granted\":[{\"rule\":\"shop/web\""), json);
    assertTrue(json.contains("\"scope\":[\"cart:write\"]"), json);
    assertTrue(json.contains("\"knows_use\":false"), json);
  }

  private static Operator operator(String method, String scope, String path, String more) {
    return assertInstanceOf(
            OperatorGate.Admission.Admitted.class, admission(method, scope, path, more))
        .operator();
  }

  /** The clock was ahead, and is set back after a token was issued: it must fall all the same. */
  @Test
  void aRevocationHitsWhatWasIssuedBeforeItThoughTheClockWasSetBack() {
    Instant[] now = {NOW};
    AuditTrail trail =
        event -> CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW));
    MemoryLog shared = new MemoryLog(new MemoryLog.Store(), "issuer", () -> now[0]);
    try (Revocations revocations = new Revocations(shared, Duration.ofSeconds(5))) {
      AuditedMinter minter =
          new AuditedMinter(
              new Minter(ISSUER, KEY, () -> now[0]), trail, ISSUER, revocations, () -> now[0]);
      AuditedMinter.Outcome.Minted minted =
          assertInstanceOf(
              AuditedMinter.Outcome.Minted.class,
              minter
                  .mint(
                      new MintRequest(
                          "cart",
                          List.of("r"),
                          "mallory",
                          "shop",
                          Duration.ofMinutes(5),
                          "",
                          Map.of()),
                      Jitter.NONE,
                      new AuditedMinter.Cause(Actor.system("test"), "", "", ""))
                  .join());
      now[0] = NOW.minusSeconds(60);
      assertEquals(200, revokeMallory(revocations, trail, now[0]).status());
      assertTrue(revocations.hits(mallorys(minted.token().issuedAt())));
      assertTrue(!revocations.hits(mallorys(NOW.plusSeconds(6))), "beyond the leeway");
    }
  }

  /** The same where the issuer was restarted between: the log says how late it was. */
  @Test
  void aRevocationAfterARestartHitsWhatTheLogsLastRecordsAreAbout() {
    MemoryLog.Store store = new MemoryLog.Store();
    MemoryLog shared = new MemoryLog(store, "issuer", () -> NOW);
    AuditTrail trail =
        event -> CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW));
    shared.append(new LogEntry(Topic.AUDIT, "", "{}", Effect.GRANTS)).join();
    try (Revocations revocations = new Revocations(shared, Duration.ofSeconds(5))) {
      assertEquals(200, revokeMallory(revocations, trail, NOW.minusSeconds(60)).status());
      assertTrue(revocations.hits(mallorys(NOW)));
      assertTrue(!revocations.hits(mallorys(NOW.plusSeconds(6))), "beyond the leeway");
    }
  }

  private static Answer revokeMallory(Revocations revocations, AuditTrail trail, Instant now) {
    return new RevocationOperations(revocations, trail, () -> now)
        .all().stream()
            .filter(operation -> operation.method().equals("POST"))
            .findFirst()
            .orElseThrow()
            .handler()
            .run(
                operator("POST", "gat:revoke", "/v1/revocations", ""),
                new Call(
                    Map.of(),
                    Map.of(),
                    "{\"selector\":\"subject\",\"value\":\"mallory\",\"reason\":\"leaked\"}",
                    "r",
                    ""));
  }

  private static Revocable mallorys(Instant issuedAt) {
    return new Revocable(ISSUER, "t", "j", "mallory", "shop", List.of("cart"), KEY.kid(), issuedAt);
  }

  @Test
  void aFullLogAdmitsWhoTakesAwayAndNobodyElse() {
    MemoryLog.Store store = new MemoryLog.Store();
    MemoryLog full = new MemoryLog(store, "issuer", () -> NOW);
    try (AuditLog audit =
            AuditLog.open(full, CheckpointSigner.of(() -> KEY), signed -> {}, () -> NOW);
        Revocations revocations = new Revocations(full, Duration.ofSeconds(5))) {
      OperatorAudit operators = new OperatorAudit(audit, audit);
      store.become(new LogHealth.Full());
      int taken = 0;
      for (AdminOperation operation :
          new RevocationOperations(revocations, audit, () -> NOW).all()) {
        boolean takesAway = operation.method().equals("POST");
        String path = operation.path().replace("{id}", "x");
        Operator operator = operator(operation.method(), "gat:revoke", path, "");
        Call call =
            new Call(
                Map.of(),
                Map.of(),
                "{\"selector\":\"subject\",\"value\":\"mallory\",\"reason\":\"leaked\"}",
                "r",
                "");
        assertEquals(takesAway, operators.admitted(operation, operator, call), operation.name());
        if (takesAway) {
          taken++;
          Answer answer = operation.handler().run(operator, call);
          assertEquals(200, answer.status(), answer.json());
        }
      }
      assertEquals(1, taken);
      for (Action action :
          List.of(
              Action.OPERATOR_REFUSED,
              Action.OPERATOR_ADMITTED,
              Action.TOKEN_REFUSED,
              Action.SERVER_STARTED)) {
        assertInstanceOf(
            Appended.Full.class,
            audit.record(AuditEvent.of(action, Outcome.REFUSED, Actor.system("test"))).join(),
            action.word());
      }
    }
  }

  @Test
  void recordsAGatThatWasBorrowedWhenItAdmitsIt() {
    TestGats.Trail trail = new TestGats.Trail();
    OperatorAudit audit = new OperatorAudit(trail, trail);
    AdminOperation operation =
        new AdminOperation("POST", "/v1/tokens", (operator, call) -> Answer.ok("{}"));
    Call call = new Call(Map.of(), Map.of(), "", "r", "");
    assertTrue(audit.admitted(operation, operator("POST", "gat:mint", "/v1/tokens", ""), call));
    assertEquals(
        List.of(Action.OPERATOR_ADMITTED),
        trail.events().stream().map(AuditEvent::action).toList());
    Operator borrowed = operator("POST", "gat:mint", "/v1/tokens", ",\"gat_borrowed\":true");
    assertTrue(audit.admitted(operation, borrowed, call));
    assertEquals(
        List.of(Action.OPERATOR_ADMITTED, Action.TOKEN_ISSUED, Action.OPERATOR_ADMITTED),
        trail.events().stream().map(AuditEvent::action).toList());
    AuditEvent issued = trail.events().get(1);
    assertEquals(Actor.Kind.LOCAL, issued.actor().kind());
    assertEquals(borrowed.tokenId(), issued.tokenId());
    assertEquals("true", issued.details().get("borrowed"));
    assertEquals(List.of("gat:mint"), issued.scopes());
    assertEquals(KEY.kid(), issued.kid());
  }

  @Test
  void countsNoMoreThanItsBound() {
    AuditOperations bounded =
        new AuditOperations(log, () -> new IssuancePolicy(List.of()), () -> NOW, 3);
    String json = bounded.unused(Map.of()).json();
    assertTrue(json.contains("\"complete\":false"), json);
    assertTrue(json.contains("\"tokens\":1,"), json);
    assertTrue(get("/v1/audit/unused", Map.of()).json().contains("\"complete\":true"));
  }

  @Test
  void holdsABoundedNumberOfHolders() {
    ScopeUse use = new ScopeUse(new IssuancePolicy(List.of()), null, Instant.MIN);
    for (int i = 0; i < 200_100; i++) {
      use.audited(
          new AuditRecord(
              "w",
              i + 1,
              "p",
              0,
              NOW,
              new AuditRecord.Content.Happened(
                  AuditEvent.about(
                          Action.TOKEN_ISSUED,
                          Outcome.DONE,
                          new Actor(Actor.Kind.CALLER, "k8s:shop/web", ""))
                      .withClient("made-up-" + i)
                      .event())));
    }
    assertEquals(200_000, use.report().holders().size());
    assertTrue(use.report().cut());
  }
}
