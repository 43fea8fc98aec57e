package io.gat.issue;

import io.gat.audit.AuditTrail;
import io.gat.keys.TokenSigner;
import io.gat.log.MemoryLog;
import java.time.Duration;
import java.time.InstantSource;

/** Minters for tests. */
final class Minters {
  private static final String ISSUER = "https://gat.example";

  private Minters() {}

  /** One of an issuer that has revoked nothing. */
  static AuditedMinter audited(TokenSigner signer, AuditTrail trail) {
    InstantSource clock = InstantSource.system();
    return new AuditedMinter(
        new Minter(ISSUER, signer, clock),
        trail,
        ISSUER,
        new Revocations(new MemoryLog(), Duration.ofSeconds(5)),
        clock);
  }
}
