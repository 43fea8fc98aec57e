package io.gat.issue.grant;

import static io.gat.issue.grant.GrantWorld.basic;
import static io.gat.issue.grant.GrantWorld.form;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gat.audit.AuditEvent;
import io.gat.issue.ruling.Throttle;
import io.gat.log.LogHealth;
import io.gat.revocation.Revocation.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 7662, and who may know. */
final class IntrospectionTest {
  private final GrantWorld world = new GrantWorld();

  @AfterEach
  void close() {
    world.close();
  }

  private String told(String token) {
    return assertInstanceOf(
            Introspection.Answer.Told.class,
            world.introspection.answer(GrantWorld.call(form("token", token), List.of(), basic())))
        .json();
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  @Test
  void tellsAClientOfItsOwnTokens() throws Exception {
    String gat =
        world.gat(Map.of("client_id", "shop", "act", Map.of("sub", "shop"), "tags", List.of("a")));
    JsonNode told = json(told(gat));
    assertEquals(true, told.path("active").asBoolean());
    assertEquals("alice", told.path("sub").asText());
    assertEquals("orders", told.path("aud").asText());
    assertEquals("shop", told.path("client_id").asText());
    assertEquals("orders:read orders:write", told.path("scope").asText());
    assertEquals(GrantWorld.ISSUER, told.path("iss").asText());
    assertEquals(world.now().getEpochSecond() + 300, told.path("exp").asLong());
    assertEquals(world.now().getEpochSecond(), told.path("iat").asLong());
    assertEquals("shop", told.at("/act/sub").asText());
    assertEquals("a", told.at("/tags/0").asText());
    assertEquals("txn-1", told.path("txn").asText());
    assertEquals("Bearer", told.path("token_type").asText());
  }

  @Test
  void tellsAServiceOfTokensForIt() throws Exception {
    assertEquals(true, json(told(world.gat(Map.of("aud", "stock")))).path("active").asBoolean());
  }

  /** Nobody learns of other tokens by their answers. */
  @Test
  void saysTheSameOfWhateverIsNotForTheCaller() {
    String revoked = world.gat(Map.of("client_id", "shop", "jti", "gone"));
    world.revoke(new Selector.ByJti("gone"));
    for (String token :
        List.of(
            world.gat(Map.of()),
            revoked,
            world.gat(Map.of("client_id", "shop", "exp", world.now().getEpochSecond() - 1)),
            world.gat(Map.of("client_id", "shop", "exp", world.now().getEpochSecond())),
            world.forged(Map.of("client_id", "shop")),
            world.job(Map.of()),
            "2YotnFZFEjr1zCsicMWpAA")) {
      assertEquals("{\"active\":false}", told(token));
    }
  }

  @Test
  void knowsWhetherATokenFellWithItsParent() {
    String parent = world.gat(Map.of("jti", "parent", "client_id", "shop"));
    Reply.Granted child =
        assertInstanceOf(
            Reply.Granted.class,
            world.ask(
                form(
                    "grant_type",
                    Grant.TOKEN_EXCHANGE.type(),
                    "subject_token",
                    parent,
                    "subject_token_type",
                    TokenRequestReader.ACCESS_TOKEN)));
    assertEquals(true, told(child.token().compact()).startsWith("{\"active\":true"));
    world.revoke(new Selector.ByJti("parent"));
    assertEquals("{\"active\":false}", told(child.token().compact()));
  }

  private String refused(String form, String... authorization) {
    return switch (assertInstanceOf(
            Introspection.Answer.Not.class,
            world.introspection.answer(GrantWorld.call(form, List.of(), authorization)))
        .reply()) {
      case Reply.Refused refused -> refused.error().code() + " " + refused.code();
      case Reply.Unavailable unavailable -> unavailable.code();
      case Reply.Granted g -> throw new AssertionError(g);
      case Reply.Throttled t -> throw new AssertionError(t);
    };
  }

  @Test
  void answersOnlyThoseWhoProveWhoTheyAre() {
    assertEquals("invalid_client no_credential", refused(form("token", "x")));
    assertEquals("invalid_client wrong_secret", refused(form("token", "x"), basic("shop", "no")));
    assertEquals("invalid_request missing_parameter", refused("", basic()));
  }

  /** RFC 7519, section 4.1.4: it must not be accepted on its expiration time. */
  @Test
  void isNoLongerActiveWhenItsTimeHasCome() {
    String gat = world.gat(Map.of("client_id", "shop"));
    world.pass(Duration.ofMinutes(5).minusMillis(1));
    assertEquals(true, told(gat).startsWith("{\"active\":true"));
    world.pass(Duration.ofMillis(1));
    assertEquals("{\"active\":false}", told(gat));
  }

  @Test
  void countsByTheSameLimitsAsTokensAndInTheSamePlaces() {
    String gat = world.gat(Map.of("client_id", "shop"));
    List<String> asked = new ArrayList<>();
    world.issuance.throttle =
        principal -> {
          asked.add(principal);
          return new Throttle.Admission.Later(Duration.ofSeconds(3));
        };
    assertEquals(
        new Introspection.Answer.Not(new Reply.Throttled(Duration.ofSeconds(3))),
        world.introspection.answer(GrantWorld.call(form("token", gat), List.of(), basic())));
    assertEquals(List.of("client:shop"), asked);
    world.issuance.throttle = Throttle.none();
    int places = world.places.drainPermits();
    assertEquals("overloaded", refused(form("token", gat), basic()));
    world.places.release(places);
    assertEquals(true, told(gat).startsWith("{\"active\":true"));
    assertEquals(places, world.places.availablePermits());
  }

  @Test
  void tellsTheAuditLogWhomItRefuses() {
    assertEquals("invalid_client wrong_secret", refused(form("token", "x"), basic("shop", "no")));
    assertEquals("invalid_request missing_parameter", refused("", basic()));
    assertEquals(
        List.of("wrong_secret", "missing_parameter"),
        world.refusals.events().stream().map(AuditEvent::reason).toList());
    assertEquals("introspection", world.refusals.events().getFirst().details().get("endpoint"));
    assertEquals("client:shop", world.refusals.events().getLast().actor().name());
  }

  @Test
  void saysNothingWhileNobodyKnowsWhatIsRevoked() {
    String gat = world.gat(Map.of("client_id", "shop"));
    world.store.become(new LogHealth.Failed("the disk is gone"));
    assertEquals("revocation_stale", refused(form("token", gat), basic()));
  }
}
