package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import io.gat.log.MemoryLog;
import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AuditedMinterTest {
  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private final List<AuditEvent> events = new ArrayList<>();

  private AuditedMinter.Outcome mint(AuditTrail trail, List<String> scopes, Object cnf) {
    return Minters.audited(key, trail)
        .mint(
            new MintRequest(
                "orders",
                scopes,
                "alice",
                "checkout",
                Duration.ofSeconds(60),
                "",
                cnf.equals("") ? Map.of() : Map.of("cnf", cnf)),
            Jitter.NONE,
            new AuditedMinter.Cause(
                new AuditEvent.Actor(AuditEvent.Actor.Kind.OPERATOR, "olga", "T"),
                "shop/web",
                "r",
                "0af7651916cd43dd8448eb211c80319c"))
        .join();
  }

  private String binding(Object cnf) {
    AuditTrail trail =
        event -> {
          events.add(event);
          return CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW));
        };
    AuditedMinter.Outcome.Minted minted =
        assertInstanceOf(
            AuditedMinter.Outcome.Minted.class, mint(trail, List.of("orders:read"), cnf));
    AuditEvent event = events.getLast();
    assertEquals(minted.token().tokenId(), event.tokenId());
    assertEquals(minted.token().kid(), event.kid());
    assertEquals("alice", event.subject());
    assertEquals("checkout", event.client());
    assertEquals("shop/web", event.rule());
    assertEquals("r", event.requestId());
    return event.binding();
  }

  @Test
  void recordsWhatATokenIsBoundTo() {
    assertEquals("", binding(""));
    assertEquals("x5t#S256:abc", binding(Map.of("x5t#S256", "abc")));
    assertEquals("jkt:def x5t#S256:abc", binding(Map.of("x5t#S256", "abc", "jkt", "def")));
    assertEquals("jwk", binding(Map.of("jwk", Map.of("kty", "EC"))));
  }

  @Test
  void givesNoTokenThatTheAuditLogDoesNotHave() {
    assertInstanceOf(
        AuditedMinter.Outcome.Unavailable.class,
        mint(
            event -> CompletableFuture.completedFuture(new Appended.Full()),
            List.of("orders:read"),
            ""));
  }

  @Test
  void mintsNoMoreScopesThanTheAuditLogKeeps() {
    List<String> many = IntStream.range(0, 65).mapToObj(i -> "s" + i).toList();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> mint(event -> new CompletableFuture<>(), many, ""));
    assertTrue(String.valueOf(e.getMessage()).contains("more than 64 scopes"), e::toString);
  }

  /** DESIGN.md, section 9: issuers refuse to mint for a selector that was revoked. */
  @Test
  void mintsForNobodyWhomARevocationHits() {
    try (Revocations revocations = new Revocations(new MemoryLog(), Duration.ofSeconds(5))) {
      AuditedMinter minter =
          new AuditedMinter(
              new Minter("https://gat.example", key, InstantSource.system()),
              event -> {
                events.add(event);
                return CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW));
              },
              "https://gat.example",
              revocations,
              InstantSource.system());
      revocations
          .revoke(
              new RevocationChange.Added(
                  revocations.newId(),
                  new Revocation(
                      new Revocation.Selector.BySubject("alice"),
                      null,
                      Instant.now(),
                      Revocation.Reach.ISSUED_BEFORE),
                  "leaked",
                  "olga"))
          .join();
      assertInstanceOf(AuditedMinter.Outcome.Revoked.class, ask(minter, "alice"));
      assertEquals(List.of(), events);
      assertInstanceOf(AuditedMinter.Outcome.Minted.class, ask(minter, "bob"));
    }
  }

  private static AuditedMinter.Outcome ask(AuditedMinter minter, String subject) {
    return minter
        .mint(
            new MintRequest(
                "orders", List.of("r"), subject, "shop", Duration.ofSeconds(60), "", Map.of()),
            Jitter.NONE,
            new AuditedMinter.Cause(AuditEvent.Actor.system("test"), "", "", ""))
        .join();
  }
}
