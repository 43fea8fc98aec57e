package io.gat.issue.grant;

import static io.gat.issue.grant.GrantWorld.basic;
import static io.gat.issue.grant.GrantWorld.form;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent;
import io.gat.envoy.TestIdentity;
import io.gat.issue.ruling.Ask;
import io.gat.issue.ruling.Subject;
import io.gat.log.Appended;
import io.gat.revocation.Revocation.Selector;
import io.gat.token.Ancestor;
import io.gat.token.SignedToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets which token by which grant. */
final class TokenEndpointTest {
  private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

  private final GrantWorld world = new GrantWorld();
  @TempDir private Path folder = Path.of("");

  @AfterEach
  void close() {
    world.close();
  }

  private static String exchange(String subject, String type, String... more) {
    List<String> parts =
        new ArrayList<>(
            List.of(
                "grant_type",
                Grant.TOKEN_EXCHANGE.type(),
                "subject_token",
                subject,
                "subject_token_type",
                type,
                "audience",
                "orders",
                "scope",
                "orders:read"));
    parts.addAll(List.of(more));
    return form(parts.toArray(String[]::new));
  }

  private static String bearer(String assertion) {
    return form(
        "grant_type",
        Grant.JWT_BEARER.type(),
        "assertion",
        assertion,
        "audience",
        "orders",
        "scope",
        "orders:read");
  }

  private static String clientCredentials(String... more) {
    List<String> parts =
        new ArrayList<>(List.of("grant_type", "client_credentials", "scope", "orders:read"));
    parts.addAll(List.of(more));
    return form(parts.toArray(String[]::new));
  }

  private static Reply.Granted granted(Reply reply) {
    return assertInstanceOf(Reply.Granted.class, reply, reply::toString);
  }

  private SignedToken token(Reply reply) {
    return world.read(granted(reply).token().compact());
  }

  private static String refusal(Reply reply) {
    Reply.Refused refused = assertInstanceOf(Reply.Refused.class, reply, reply::toString);
    return refused.error().code() + " " + refused.code();
  }

  @Test
  void givesAClientATokenAboutItself() {
    Reply.Granted reply = granted(world.ask(clientCredentials("audience", "orders"), basic()));
    SignedToken token = world.read(reply.token().compact());
    assertEquals("shop", token.subject());
    assertEquals("shop", token.client());
    assertEquals(List.of("orders"), token.audiences());
    assertEquals(List.of("orders:read"), reply.scopes());
    assertEquals("", reply.issuedType());
    assertFalse(token.claims().containsKey("act"));
    assertEquals(List.of(), token.ancestors());
    assertTrue(reply.expiresIn().compareTo(Duration.ofSeconds(60)) <= 0);
    assertTrue(reply.expiresIn().compareTo(Duration.ofSeconds(57)) >= 0);
    AuditEvent event = world.audit.events().getLast();
    assertEquals(AuditEvent.Action.TOKEN_ISSUED, event.action());
    assertEquals("test/orders", event.rule());
    assertEquals("client:shop", event.actor().name());
    assertEquals("client_secret", event.details().get("way"));
    assertEquals("test", event.details().get("authenticator"));
    assertEquals("client_credentials", event.details().get("grant"));
    assertEquals("request-1", event.requestId());
    assertEquals(List.of("client_credentials issued ok"), world.counted);
  }

  @Test
  void saysWhatWasGrantedWhereThatIsLess() {
    Reply.Granted reply =
        granted(
            world.ask(
                form(
                    "grant_type",
                    "client_credentials",
                    "scope",
                    "orders:read orders:delete",
                    "resource",
                    "https://orders.example/api"),
                basic()));
    assertEquals(List.of("orders:read"), reply.scopes());
    assertEquals(
        List.of("https://orders.example/api"), world.read(reply.token().compact()).audiences());
  }

  @Test
  void handsTheRuleAllThatWasAskedFor() throws Exception {
    TestIdentity client = TestIdentity.create(folder, "spiffe://t/shop");
    SignedToken token =
        token(
            world.ask(
                clientCredentials(
                    "audience",
                    "bound",
                    "requested_ttl",
                    "20",
                    "tags",
                    "{\"purpose\":\"test\"}",
                    "attestation",
                    "a.b.c d.e.f",
                    "approval",
                    "a1"),
                List.of(client.x509())));
    Ask ask = world.issuance.asked.getLast();
    assertEquals("spiffe://t/shop", ask.caller().principal());
    assertEquals(Optional.of(Duration.ofSeconds(20)), ask.ttl());
    assertEquals(Map.of("purpose", "test"), ask.tags());
    assertEquals("a1", ask.approval());
    assertEquals(
        List.of("a.b.c", "d.e.f"), ask.attestations().stream().map(s -> s.reveal()).toList());
    assertEquals(Optional.of(client.thumbprint()), ask.certificate());
    assertEquals(Map.of("x5t#S256", client.thumbprint()), token.claims().get("cnf"));
    assertEquals(Map.of("team", "shop"), token.claims().get("tags"));
    assertEquals(1L, token.claims().get("g"));
  }

  @Test
  void bindsATokenThatTheRuleWouldNot() throws Exception {
    TestIdentity client = TestIdentity.create(folder, "spiffe://t/shop");
    SignedToken token =
        token(
            world.ask(
                clientCredentials("audience", "orders", "requested_binding", "certificate"),
                List.of(client.x509())));
    assertEquals(Map.of("x5t#S256", client.thumbprint()), token.claims().get("cnf"));
  }

  /** RFC 8693, section 1.1: delegation; the one who acts now is outermost (section 4.1). */
  @Test
  void namesWhoActsOnBehalfOfAGatsSubject() {
    String gat = world.gat(Map.of("act", Map.of("sub", "edge"), "may_act", Map.of("sub", "shop")));
    SignedToken token = token(world.ask(exchange(gat, TokenRequestReader.ACCESS_TOKEN), basic()));
    assertEquals("alice", token.subject());
    assertEquals("shop", token.client());
    assertEquals("txn-1", token.txn());
    assertEquals(Map.of("sub", "shop", "act", Map.of("sub", "edge")), token.claims().get("act"));
    assertFalse(token.expiresAt().isAfter(world.read(gat).expiresAt()));
    assertEquals(
        List.of(world.read(gat).tokenId()),
        token.ancestors().stream().map(Ancestor::tokenId).toList());
    assertEquals("web", token.ancestors().getFirst().client());
    Ask ask = world.issuance.asked.getLast();
    assertEquals("client:shop", ask.caller().principal());
    assertInstanceOf(Subject.Held.class, ask.subject().orElseThrow());
    assertEquals(
        world.read(gat).tokenId(), world.audit.events().getLast().details().get("on_behalf_of"));
  }

  @Test
  void letsADelegatedTokenFallWithTheSubjects() {
    String gat = world.gat(Map.of("jti", "parent"));
    String child = granted(world.ask(exchange(gat, JWT), basic())).token().compact();
    world.revoke(new Selector.ByJti("parent"));
    assertEquals(
        "invalid_request revoked",
        refusal(
            world.ask(
                form(
                    "grant_type",
                    Grant.TOKEN_EXCHANGE.type(),
                    "subject_token",
                    child,
                    "subject_token_type",
                    JWT))));
  }

  @Test
  void lastsAsLongAsTheSubjectsTokenAtMost() {
    String gat = world.gat(Map.of("exp", world.now().getEpochSecond() + 7));
    SignedToken token = token(world.ask(exchange(gat, JWT), basic()));
    assertEquals(world.now().plusSeconds(7), token.expiresAt());
    String job = world.job(Map.of("exp", world.now().getEpochSecond() + 9));
    assertEquals(
        world.now().plusSeconds(9), token(world.ask(exchange(job, JWT), basic())).expiresAt());
    assertEquals(world.now().plusSeconds(9), token(world.ask(bearer(job))).expiresAt());
    world.pass(Duration.ofSeconds(8));
    assertEquals("invalid_request expired", refusal(world.ask(exchange(job, JWT), basic())));
  }

  /** RFC 8693, section 4.4. */
  @Test
  void letsOnlyThoseActWhomTheSubjectsTokenNames() {
    for (Map<String, Object> other :
        List.<Map<String, Object>>of(
            Map.of("sub", "broker"),
            Map.of("sub", "shop", "iss", "https://elsewhere.example"),
            Map.of("sub", "shop", "email", "shop@example"),
            Map.of("iss", GrantWorld.ISSUER),
            Map.of("sub", List.of("shop")))) {
      String gat = world.gat(Map.of("may_act", other));
      assertEquals(
          "invalid_request actor_not_allowed",
          refusal(world.ask(exchange(gat, JWT), basic())),
          other::toString);
    }
    String gat = world.gat(Map.of("may_act", Map.of("sub", "shop", "iss", GrantWorld.ISSUER)));
    granted(world.ask(exchange(gat, JWT), basic()));
    assertEquals("invalid_request actor_not_allowed", refusal(world.ask(exchange(gat, JWT))));
    String job1 =
        world.gat(Map.of("may_act", Map.of("sub", "repo:acme/shop", "iss", GrantWorld.CI)));
    String actor = world.job(Map.of());
    granted(world.ask(exchange(job1, JWT, "actor_token", actor, "actor_token_type", JWT)));
    String elsewhere =
        world.gat(Map.of("may_act", Map.of("sub", "repo:acme/shop", "iss", "https://x")));
    assertEquals(
        "invalid_request actor_not_allowed",
        refusal(
            world.ask(exchange(elsewhere, JWT, "actor_token", actor, "actor_token_type", JWT))));
    String none = world.gat(Map.of("may_act", "shop"));
    assertEquals(
        "invalid_request actor_not_allowed", refusal(world.ask(exchange(none, JWT), basic())));
    String job = world.job(Map.of("may_act", Map.of("sub", "deployer")));
    assertEquals(
        "invalid_request actor_not_allowed", refusal(world.ask(exchange(job, JWT), basic())));
  }

  /** RFC 8693, section 4.4: a name means somebody only together with who calls them so. */
  @Test
  void aForeignTokenNamesWhomItsOwnIssuerCallsSo() {
    String gats = world.job(Map.of("may_act", Map.of("sub", "shop")));
    String clients = world.job(Map.of("may_act", Map.of("client_id", "shop")));
    for (String job : List.of(gats, clients)) {
      assertEquals(
          "invalid_request actor_not_allowed", refusal(world.ask(exchange(job, JWT), basic())));
    }
    String ours =
        world.job(Map.of("may_act", Map.of("client_id", "shop", "iss", GrantWorld.ISSUER)));
    granted(world.ask(exchange(ours, JWT), basic()));
    String actor = world.job(Map.of("sub", "repo:acme/deployer", "client_id", "deployer"));
    for (Map<String, Object> named :
        List.<Map<String, Object>>of(
            Map.of("sub", "repo:acme/deployer"),
            Map.of("sub", "repo:acme/deployer", "client_id", "deployer", "iss", GrantWorld.CI))) {
      granted(
          world.ask(
              exchange(
                  world.job(Map.of("may_act", named)),
                  JWT,
                  "actor_token",
                  actor,
                  "actor_token_type",
                  JWT)));
    }
  }

  @Test
  void whoMayActIsTheSameInWhatIsMintedFromIt() {
    Map<String, Object> mayAct = Map.of("client_id", "shop");
    String gat = world.gat(Map.of("may_act", mayAct));
    String child = granted(world.ask(exchange(gat, JWT), basic())).token().compact();
    assertEquals(mayAct, world.read(child).claims().get("may_act"));
    String other = basic("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw");
    assertEquals(
        "invalid_request actor_not_allowed", refusal(world.ask(exchange(child, JWT), other)));
    String narrower = granted(world.ask(exchange(child, JWT), basic())).token().compact();
    assertEquals(mayAct, world.read(narrower).claims().get("may_act"));
  }

  @Test
  void boundsTheChainOfActors() {
    Map<String, Object> act = Map.of("sub", "a1");
    for (int i = 2; i < Delegation.MOST_ACTORS; i++) {
      act = Map.of("sub", "a" + i, "act", act);
    }
    SignedToken last = token(world.ask(exchange(world.gat(Map.of("act", act)), JWT), basic()));
    assertTrue(String.valueOf(last.claims().get("act")).contains("a1"));
    Map<String, Object> full = Map.of("sub", "one more", "act", act);
    assertEquals(
        "invalid_request too_many_exchanges",
        refusal(world.ask(exchange(world.gat(Map.of("act", full)), JWT), basic())));
  }

  /** A foreign token alone proves its own subject, who asks for itself. */
  @Test
  void takesAForeignTokenForItsSubject() {
    SignedToken token =
        token(world.ask(exchange(world.job(Map.of()), JWT, "requested_token_type", JWT)));
    assertEquals("repo:acme/shop", token.subject());
    assertFalse(token.claims().containsKey("act"));
    assertEquals(Optional.empty(), world.issuance.asked.getLast().subject());
    assertEquals("oidc", world.audit.events().getLast().details().get("way"));
    assertEquals(
        JWT,
        granted(world.ask(exchange(world.job(Map.of()), JWT, "requested_token_type", JWT)))
            .issuedType());
  }

  @Test
  void letsAClientActForTheSubjectOfAForeignToken() {
    SignedToken token = token(world.ask(exchange(world.job(Map.of()), JWT), basic()));
    assertEquals("repo:acme/shop", token.subject());
    assertEquals("shop", token.client());
    assertEquals(Map.of("sub", "shop"), token.claims().get("act"));
    assertInstanceOf(Subject.Proved.class, world.issuance.asked.getLast().subject().orElseThrow());
  }

  @Test
  void takesAnActorTokenForWhoAsks() {
    SignedToken token =
        token(
            world.ask(
                exchange(
                    world.gat(Map.of()),
                    JWT,
                    "actor_token",
                    world.job(Map.of()),
                    "actor_token_type",
                    JWT)));
    assertEquals("alice", token.subject());
    assertEquals(Map.of("sub", "repo:acme/shop"), token.claims().get("act"));
    assertEquals(
        "invalid_request actor_mismatch",
        refusal(
            world.ask(
                exchange(
                    world.gat(Map.of()),
                    JWT,
                    "actor_token",
                    world.job(Map.of()),
                    "actor_token_type",
                    JWT),
                basic())));
    assertEquals(
        "invalid_request gat_as_actor",
        refusal(
            world.ask(
                exchange(
                    world.gat(Map.of()),
                    JWT,
                    "actor_token",
                    world.gat(Map.of()),
                    "actor_token_type",
                    JWT))));
  }

  /** RFC 7523 as updated: the audience is the issuer identifier, alone and as one string. */
  @Test
  void takesAnAssertionThatIsForThisIssuerAlone() {
    SignedToken token = token(world.ask(bearer(world.job(Map.of()))));
    assertEquals("repo:acme/shop", token.subject());
    for (Object aud :
        List.of(
            GrantWorld.ISSUER + "/oauth2/token",
            List.of(GrantWorld.ISSUER),
            List.of(GrantWorld.ISSUER, "https://elsewhere.example"),
            "orders")) {
      assertEquals(
          "invalid_grant wrong_audience",
          refusal(world.ask(bearer(world.job(Map.of("aud", aud))))),
          aud::toString);
    }
    assertEquals(
        "invalid_grant expired",
        refusal(world.ask(bearer(world.job(Map.of("exp", world.now().getEpochSecond() - 60))))));
    assertEquals("invalid_grant unknown_credential", refusal(world.ask(bearer("a.b.c"))));
    assertEquals(
        Map.of("sub", "shop"),
        token(world.ask(bearer(world.job(Map.of())), basic())).claims().get("act"));
  }

  /** A certificate names who asks where nothing else does, and is no obstacle where it does not. */
  @Test
  void takesACertificateForWhoAsksWhereNothingElseIsShown() throws Exception {
    TestIdentity known = TestIdentity.create(folder, "spiffe://t/shop");
    TestIdentity unknown = TestIdentity.create(folder, "https://t/shop");
    String gat = world.gat(Map.of());
    assertEquals(
        Map.of("sub", "spiffe://t/shop"),
        token(world.ask(exchange(gat, JWT), List.of(known.x509()))).claims().get("act"));
    SignedToken narrowed = token(world.ask(exchange(gat, JWT), List.of(unknown.x509())));
    assertFalse(narrowed.claims().containsKey("act"));
    assertEquals("web", narrowed.client());
    assertEquals(
        "invalid_client no_spiffe_id",
        refusal(world.ask(clientCredentials("audience", "orders"), List.of(unknown.x509()))));
  }

  /** Its own client narrows a gat; nobody gets past a rule by being known. */
  @Test
  void narrowsForItsOwnClient() {
    String own = world.gat(Map.of("client_id", "shop"));
    SignedToken token = token(world.ask(exchange(own, JWT), basic()));
    assertFalse(token.claims().containsKey("act"));
    assertEquals(List.of(), world.issuance.asked);
    assertEquals("client:shop", world.audit.events().getLast().actor().name());
  }

  @Test
  void passesOnWhatTheRuleSays() {
    assertEquals(
        "access_denied approval_needed",
        refusal(world.ask(clientCredentials("audience", "approval"), basic())));
    assertEquals(
        "unauthorized_client unknown_principal",
        refusal(world.ask(clientCredentials("audience", "stranger"), basic())));
    assertEquals(
        "invalid_target wrong_audience",
        refusal(world.ask(clientCredentials("audience", "nowhere"), basic())));
    assertEquals(
        Duration.ofMillis(1_500),
        assertInstanceOf(
                Reply.Throttled.class, world.ask(clientCredentials("audience", "busy"), basic()))
            .retryAfter());
    assertEquals(
        "ruling_unknown",
        assertInstanceOf(
                Reply.Unavailable.class,
                world.ask(clientCredentials("audience", "unclear"), basic()))
            .code());
    assertEquals(
        List.of(
            "client_credentials refused approval_needed",
            "client_credentials refused unknown_principal",
            "client_credentials refused wrong_audience",
            "client_credentials throttled throttled",
            "client_credentials unavailable ruling_unknown"),
        world.counted);
  }

  @Test
  void auditsWhoWasRefusedWhat() {
    world.ask(clientCredentials("audience", "nowhere"), basic());
    AuditEvent event = world.refusals.events().getLast();
    assertEquals(AuditEvent.Action.TOKEN_REFUSED, event.action());
    assertEquals("wrong_audience", event.reason());
    assertEquals("client:shop", event.actor().name());
    assertEquals(List.of("nowhere"), event.audiences());
    assertEquals(List.of("orders:read"), event.scopes());
    world.ask(clientCredentials("audience", "orders"), basic("shop", "guessed"));
    AuditEvent stranger = world.refusals.events().getLast();
    assertEquals(AuditEvent.Actor.Kind.ANONYMOUS, stranger.actor().kind());
    assertEquals("wrong_secret", stranger.reason());
    assertEquals(List.of(), world.audit.events());
    for (AuditEvent one : world.refusals.events()) {
      assertFalse(one.toString().contains("guessed"), one::toString);
    }
  }

  /** DESIGN.md, section 9: an unknown outcome is no token. */
  @Test
  void givesNothingThatTheAuditLogDoesNotHave() {
    world.audit.answer(new Appended.Unknown("the disk is slow"));
    assertEquals(
        "not_minted",
        assertInstanceOf(
                Reply.Unavailable.class,
                world.ask(clientCredentials("audience", "orders"), basic()))
            .code());
  }

  @Test
  void mintsForNobodyWhomARevocationHits() {
    world.revoke(new Selector.ByClient("shop"));
    assertEquals(
        "access_denied revoked",
        refusal(world.ask(clientCredentials("audience", "orders"), basic())));
  }

  @Test
  void printsNoSecret() {
    TokenCall call =
        GrantWorld.call(
            form("client_id", "shop", "client_secret", "hush"), List.of(), basic("shop", "hush"));
    assertFalse((call + " " + call.parameters()).contains("hush"));
  }
}
