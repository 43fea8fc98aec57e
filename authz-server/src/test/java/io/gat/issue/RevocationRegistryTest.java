package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.revocation.Revocation;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RevocationRegistryTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private final RevocationRegistry registry = new RevocationRegistry(Duration.ofSeconds(5));

  private static Revocation of(Revocation.Selector selector, Instant at, Revocation.Reach reach) {
    return new Revocation(selector, "https://issuer", at, reach);
  }

  @Test
  void doesNotGrowWhenATokenIsRevokedAgain() {
    Revocation.Selector token = new Revocation.Selector.ByTokenId("a");
    assertEquals(1, registry.revoke(of(token, NOW, Revocation.Reach.ISSUED_BEFORE)));
    assertEquals(1, registry.revoke(of(token, NOW.plusSeconds(9), Revocation.Reach.ISSUED_BEFORE)));
  }

  @Test
  void takesALaterRevocationOfASubjectSinceItHitsMore() {
    Revocation.Selector subject = new Revocation.Selector.BySubject("alice");
    assertEquals(1, registry.revoke(of(subject, NOW, Revocation.Reach.ISSUED_BEFORE)));
    assertEquals(
        2, registry.revoke(of(subject, NOW.plusSeconds(9), Revocation.Reach.ISSUED_BEFORE)));
    assertEquals(3, registry.revoke(of(subject, NOW, Revocation.Reach.ALL)));
    assertEquals(
        3, registry.revoke(of(subject, NOW.plusSeconds(99), Revocation.Reach.ISSUED_BEFORE)));
  }
}
