package io.gat.server;

import io.gat.admin.OperatorBootstrap;
import io.gat.admin.OperatorGats;
import io.gat.admin.SignIn;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.config.AdminConfig;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.keys.CryptoProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How somebody becomes an operator of a process that is an issuer. */
final class OwnOperators {
  private final ControlPlane plane;

  OwnOperators(ControlPlane plane) {
    this.plane = plane;
  }

  /** Writes the first operator's gat, where that was never done. */
  void bootstrap(AdminConfig config) {
    config
        .bootstrapFile()
        .ifPresent(
            file -> {
              var _ = new OperatorBootstrap(plane.log(), plane.audit(), this::make, file).run();
            });
  }

  /** How people sign in, where that is configured; the caller closes it. */
  Optional<SignIn> signIn(
      AdminConfig config, AuditTrail refusals, CryptoProvider crypto, InstantSource clock) {
    return config
        .signIn()
        .map(
            from ->
                new SignIn(
                    new SignIn.Provider(
                        from.issuer(),
                        from.clientId(),
                        from.algorithms(),
                        from.scope(),
                        from.grants().stream()
                            .map(g -> new SignIn.Grant(g.claim(), g.value(), g.scopes()))
                            .toList()),
                    this::make,
                    plane.audit(),
                    refusals,
                    crypto,
                    clock));
  }

  private OperatorGats.Made make(String subject, String client, Set<String> scopes, Duration life) {
    AuditedMinter.Outcome outcome =
        plane
            .minter()
            .mint(
                new MintRequest(
                    OperatorGats.AUDIENCE,
                    scopes.stream().sorted().toList(),
                    subject,
                    client,
                    life,
                    "",
                    Map.of()),
                Jitter.NONE,
                new AuditedMinter.Cause(AuditEvent.Actor.system(client), "", "", ""))
            .join();
    return switch (outcome) {
      case AuditedMinter.Outcome.Minted minted ->
          new OperatorGats.Made(
              minted.token().compact(),
              minted.token().tokenId(),
              minted.token().expiresAt(),
              scopes);
      case AuditedMinter.Outcome.Revoked revoked ->
          throw new IllegalStateException("a revocation in force hits it");
      case AuditedMinter.Outcome.Unavailable unavailable ->
          throw new IllegalStateException(unavailable.why());
    };
  }
}
