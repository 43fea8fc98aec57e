package io.gat.issue.grant;

import static io.gat.issue.grant.GrantWorld.form;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cache.PrincipalBuckets;
import io.gat.envoy.TestIdentity;
import io.gat.issue.ruling.Throttle;
import io.gat.log.LogHealth;
import io.gat.revocation.Revocation.Selector;
import io.gat.token.Ancestor;
import io.gat.token.Lineage;
import io.gat.token.SignedToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gat can only be narrowed. */
final class NarrowingTest {
  private static final String EXCHANGE = Grant.TOKEN_EXCHANGE.type();
  private static final int CHAINS = 300;

  private final GrantWorld world = new GrantWorld();
  @TempDir private Path folder = Path.of("");

  @AfterEach
  void close() {
    world.close();
  }

  private static String exchange(String gat, String... more) {
    List<String> parts =
        new ArrayList<>(
            List.of(
                "grant_type",
                EXCHANGE,
                "subject_token",
                gat,
                "subject_token_type",
                TokenRequestReader.ACCESS_TOKEN));
    parts.addAll(List.of(more));
    return form(parts.toArray(String[]::new));
  }

  private static Reply.Granted granted(Reply reply) {
    return assertInstanceOf(Reply.Granted.class, reply, reply::toString);
  }

  private static String refusal(Reply reply) {
    Reply.Refused refused = assertInstanceOf(Reply.Refused.class, reply, reply::toString);
    return refused.error().code() + " " + refused.code();
  }

  @Test
  void givesWhoeverHoldsAGatLessOfItWithoutAskingARule() {
    String gat =
        world.gat(
            Map.of("act", Map.of("sub", "edge"), "tags", Map.of("team", "shop"), "tenant", "t1"));
    Reply.Granted granted =
        granted(world.ask(exchange(gat, "scope", "orders:read", "requested_ttl", "30")));
    SignedToken child = world.read(granted.token().compact());
    assertEquals(List.of("orders:read"), granted.scopes());
    assertEquals(TokenRequestReader.ACCESS_TOKEN, granted.issuedType());
    assertEquals(Set.of("orders:read"), child.scopes());
    assertEquals("alice", child.subject());
    assertEquals("web", child.client());
    assertEquals("txn-1", child.txn());
    assertEquals(Map.of("sub", "edge"), child.claims().get("act"));
    assertEquals(Map.of("team", "shop"), child.claims().get("tags"));
    assertEquals("t1", child.claims().get("tenant"));
    assertFalse(child.expiresAt().isAfter(world.now().plusSeconds(30)));
    assertEquals(
        List.of(Lineage.from(world.read(gat)).getFirst().tokenId()),
        child.ancestors().stream().map(Ancestor::tokenId).toList());
    assertEquals(List.of(), world.issuance.asked);
    assertEquals(
        world.read(gat).tokenId(), world.audit.events().getLast().details().get("narrowed_from"));
  }

  /** Otherwise whoever has a token could make it younger than a rule's max-age, again and again. */
  @Test
  void makesNothingYounger() {
    String gat = world.gat(Map.of());
    world.pass(Duration.ofSeconds(100));
    SignedToken child = world.read(granted(world.ask(exchange(gat))).token().compact());
    assertEquals(world.read(gat).issuedAt(), child.issuedAt());
    assertFalse(child.expiresAt().isAfter(world.read(gat).expiresAt()));
  }

  @Test
  void refusesWhatWouldBeMore() {
    String gat = world.gat(Map.of());
    assertEquals(
        "invalid_scope scope_not_granted",
        refusal(world.ask(exchange(gat, "scope", "orders:read orders:delete"))));
    assertEquals(
        "invalid_target wrong_audience", refusal(world.ask(exchange(gat, "audience", "stock"))));
    String two = world.gat(Map.of("aud", List.of("orders", "stock")));
    assertEquals("invalid_target missing_target", refusal(world.ask(exchange(two))));
    SignedToken one =
        world.read(granted(world.ask(exchange(two, "audience", "stock"))).token().compact());
    assertEquals(List.of("stock"), one.audiences());
  }

  @Test
  void takesNoGatThatIsNoneOrIsNoMore() {
    assertEquals(
        "invalid_request unknown_key", refusal(world.ask(exchange(world.forged(Map.of())))));
    String[] parts = world.gat(Map.of()).split("\\.", -1);
    String[] others = world.gat(Map.of("scope", "everything")).split("\\.", -1);
    assertEquals(
        "invalid_request bad_signature",
        refusal(world.ask(exchange(parts[0] + "." + others[1] + "." + parts[2]))));
    assertEquals(
        "invalid_request expired",
        refusal(world.ask(exchange(world.gat(Map.of("exp", world.now().getEpochSecond()))))));
    assertEquals(
        "invalid_request missing_claim",
        refusal(world.ask(exchange(world.gat(Map.of("jti", "absent"))))));
    assertEquals(
        "invalid_request missing_claim",
        refusal(world.ask(exchange(world.gat(Map.of("parents", "alice's mother"))))));
    assertEquals(
        "invalid_request not_yet_valid",
        refusal(world.ask(exchange(world.gat(Map.of("nbf", world.now().getEpochSecond() + 3))))));
    String gat = world.gat(Map.of());
    world.revoke(new Selector.ByTokenId(world.read(gat).tokenId()));
    assertEquals("invalid_request revoked", refusal(world.ask(exchange(gat))));
  }

  /** RFC 8705: whoever shows the certificate may go on with it, and nobody may get rid of it. */
  @Test
  void keepsWhomItIsBoundTo() throws Exception {
    TestIdentity owner = TestIdentity.create(folder, "spiffe://t/owner");
    TestIdentity thief = TestIdentity.create(folder, "spiffe://t/thief");
    Map<String, Object> cnf = Map.of("x5t#S256", owner.thumbprint());
    String bound = world.gat(Map.of("cnf", cnf, "client_id", "spiffe://t/owner"));
    assertEquals("invalid_request binding_mismatch", refusal(world.ask(exchange(bound))));
    assertEquals(
        "invalid_request binding_mismatch",
        refusal(
            world.ask(
                exchange(world.gat(Map.of("cnf", cnf, "client_id", "spiffe://t/thief"))),
                List.of(thief.x509()))));
    SignedToken child =
        world.read(granted(world.ask(exchange(bound), List.of(owner.x509()))).token().compact());
    assertEquals(cnf, child.claims().get("cnf"));
    assertEquals("x5t#S256:" + owner.thumbprint(), world.audit.events().getLast().binding());
    String other = world.gat(Map.of("cnf", Map.of("jkt", "x"), "client_id", "spiffe://t/owner"));
    assertEquals(
        "invalid_request binding_mismatch",
        refusal(world.ask(exchange(other), List.of(owner.x509()))));
  }

  @Test
  void bindsWhereTheHolderAsksForIt() throws Exception {
    TestIdentity owner = TestIdentity.create(folder, "spiffe://t/owner");
    String gat = world.gat(Map.of("client_id", "spiffe://t/owner"));
    assertEquals(
        "invalid_request no_certificate",
        refusal(world.ask(exchange(gat, "requested_binding", "certificate"))));
    SignedToken child =
        world.read(
            granted(
                    world.ask(
                        exchange(gat, "requested_binding", "certificate"), List.of(owner.x509())))
                .token()
                .compact());
    assertEquals(Map.of("x5t#S256", owner.thumbprint()), child.claims().get("cnf"));
  }

  @Test
  void knowsOnlySoManyAncestors() {
    String gat = world.gat(Map.of());
    for (int i = 0; i < Lineage.MOST; i++) {
      gat = granted(world.ask(exchange(gat))).token().compact();
    }
    assertEquals("invalid_request too_many_exchanges", refusal(world.ask(exchange(gat))));
  }

  @Test
  void mintsNothingWhileNobodyKnowsWhatIsRevoked() {
    String gat = world.gat(Map.of());
    world.store.become(new LogHealth.Failed("the disk is gone"));
    Reply.Unavailable away = assertInstanceOf(Reply.Unavailable.class, world.ask(exchange(gat)));
    assertEquals("revocation_stale", away.code());
  }

  /** The bucket is that of whoever the gat was given to, so that one storm starves nobody else. */
  @Test
  void countsInTheBucketOfTheGatsClient() {
    Throttle.Rate each = new Throttle.Rate(1, Duration.ofHours(1), 3);
    Throttle.Rate all = new Throttle.Rate(1_000, Duration.ofHours(1), 1_000);
    world.issuance.throttle = new PrincipalBuckets(new Throttle.Limits(each, all));
    String stormy = world.gat(Map.of());
    for (int i = 0; i < 3; i++) {
      granted(world.ask(exchange(stormy)));
    }
    assertInstanceOf(Reply.Throttled.class, world.ask(exchange(stormy)));
    assertInstanceOf(Reply.Throttled.class, world.ask(exchange(world.gat(Map.of()))));
    granted(world.ask(exchange(world.gat(Map.of("client_id", "spiffe://t/other")))));
    List<String> asked = new ArrayList<>();
    world.issuance.throttle =
        principal -> {
          asked.add(principal);
          return new Throttle.Admission.Now();
        };
    granted(world.ask(exchange(stormy)));
    granted(world.ask(exchange(world.gat(Map.of("client_id", "spiffe://t/other")))));
    assertEquals(List.of("client:web", "spiffe://t/other"), asked);
  }

  /** Random chains of random wishes: whatever is granted is within what it was made of. */
  @ParameterizedTest
  @ValueSource(longs = {20_261_126, 7, 1_705})
  void isNeverWiderInAnyDimension(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int given = 0;
    int refused = 0;
    for (int chain = 0; chain < CHAINS; chain++) {
      String parent = root(random);
      for (int link = 0; link < Lineage.MOST + 2; link++) {
        world.pass(Duration.ofMillis(random.nextInt(20_000)));
        String form = wish(parent, random);
        switch (world.ask(form)) {
          case Reply.Granted child -> {
            assertNotWider(world.read(child.token().compact()), world.read(parent));
            parent = child.token().compact();
            given++;
          }
          case Reply.Refused no -> refused++;
          case Reply.Throttled t -> throw new AssertionError(t);
          case Reply.Unavailable u -> throw new AssertionError(u);
        }
      }
    }
    assertTrue(given > CHAINS && refused > CHAINS, given + " given, " + refused + " refused");
  }

  private String root(SplittableRandom random) {
    Map<String, Object> over = new LinkedHashMap<>();
    over.put("aud", random.nextBoolean() ? "orders" : some(random, "orders", "stock", "mail"));
    over.put("scope", String.join(" ", some(random, "a", "b", "c", "d")));
    over.put("exp", world.now().getEpochSecond() + 1 + random.nextInt(900));
    over.put("iat", world.now().getEpochSecond() - random.nextInt(100));
    if (random.nextBoolean()) {
      over.put("act", Map.of("sub", "edge"));
    }
    if (random.nextInt(4) == 0) {
      over.put("cnf", Map.of("x5t#S256", "A".repeat(43)));
    }
    return world.gat(over);
  }

  private static List<String> some(SplittableRandom random, String... of) {
    Set<String> chosen = new TreeSet<>(List.of(of[random.nextInt(of.length)]));
    for (String one : of) {
      if (random.nextBoolean()) {
        chosen.add(one);
      }
    }
    return List.copyOf(chosen);
  }

  private static String wish(String parent, SplittableRandom random) {
    List<String> more = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      more.addAll(List.of("audience", some(random, "orders", "stock", "mail").getFirst()));
    }
    if (random.nextInt(3) > 0) {
      more.addAll(List.of("scope", String.join(" ", some(random, "a", "b", "c", "d"))));
    }
    if (random.nextBoolean()) {
      more.addAll(List.of("requested_ttl", String.valueOf(1 + random.nextInt(2_000))));
    }
    return exchange(parent, more.toArray(String[]::new));
  }

  private static void assertNotWider(SignedToken child, SignedToken parent) {
    assertEquals(1, child.audiences().size());
    assertTrue(parent.audiences().containsAll(child.audiences()));
    assertTrue(parent.scopes().containsAll(child.scopes()));
    assertFalse(child.expiresAt().isAfter(parent.expiresAt()));
    assertEquals(parent.issuedAt(), child.issuedAt());
    assertEquals(parent.subject(), child.subject());
    assertEquals(parent.client(), child.client());
    assertEquals(parent.txn(), child.txn());
    for (String same : List.of("act", "cnf", "tags")) {
      assertEquals(parent.claims().get(same), child.claims().get(same));
    }
    assertEquals(Lineage.from(parent), child.ancestors());
    assertTrue(child.ancestors().size() <= Lineage.MOST);
    assertFalse(child.jti().equals(parent.jti()));
  }

  /** Every selector that hits any one of its ancestors hits a token. */
  @Test
  void fallsWithEachAncestorBySelector() {
    Map<String, Selector> selectors =
        Map.of(
            "token", new Selector.ByTokenId("set below"),
            "jti", new Selector.ByJti("root"),
            "subject", new Selector.BySubject("alice"),
            "client", new Selector.ByClient("web"),
            "audience", new Selector.ByAudience("stock"),
            "kid", new Selector.ByKid("set below"),
            "all", new Selector.Everything());
    selectors.forEach(
        (name, selector) -> {
          try (GrantWorld fresh = new GrantWorld()) {
            String root = fresh.gat(Map.of("jti", "root", "aud", List.of("orders", "stock")));
            SignedToken read = fresh.read(root);
            String child =
                granted(fresh.ask(exchange(root, "audience", "orders"))).token().compact();
            String grandchild = granted(fresh.ask(exchange(child))).token().compact();
            fresh.revoke(
                switch (name) {
                  case "token" -> new Selector.ByTokenId(read.tokenId());
                  case "kid" -> new Selector.ByKid(read.key().kid());
                  default -> selector;
                });
            assertEquals("invalid_request revoked", refusal(fresh.ask(exchange(child))), name);
            assertEquals("invalid_request revoked", refusal(fresh.ask(exchange(grandchild))), name);
          }
        });
  }
}
