package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.audit.AuditEvent;
import io.gat.keys.NoSigningKeyException;
import io.gat.keys.TokenSigner;
import io.gat.log.Appended;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class AuditedMinterKeyTest {
  private static final AuditedMinter.Cause CAUSE =
      new AuditedMinter.Cause(
          new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, "spiffe://acme/checkout", ""),
          "",
          "req-1",
          "");

  private final List<AuditEvent> audited = new ArrayList<>();

  private AuditedMinter.Outcome mint(TokenSigner signer) {
    return new AuditedMinter(
            new Minter("https://gat.example", signer, InstantSource.system()),
            event -> {
              audited.add(event);
              return CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW));
            })
        .mint(
            new MintRequest(
                "orders", List.of("r"), "alice", "client", Duration.ofSeconds(60), "", Map.of()),
            Jitter.NONE,
            CAUSE)
        .join();
  }

  @Test
  void saysThatNoKeyMaySignNow() {
    AuditedMinter.Outcome.Unavailable outcome =
        assertInstanceOf(
            AuditedMinter.Outcome.Unavailable.class,
            mint(
                (payload, typ, facts) -> {
                  throw new NoSigningKeyException("no signing key is ready");
                }));
    assertEquals("no signing key is ready", outcome.why());
    assertEquals(List.of(), audited);
  }

  @Test
  void canaryIsPickedByWhoAsks() {
    List<TokenSigner.Facts> facts = new ArrayList<>();
    assertInstanceOf(
        AuditedMinter.Outcome.Minted.class,
        mint(
            (payload, typ, f) -> {
              facts.add(f);
              return new TokenSigner.Signed("a.b.c", "k1");
            }));
    assertEquals("spiffe://acme/checkout", facts.getFirst().principal());
    assertEquals("k1", audited.getFirst().kid());
  }
}
