package io.gat.cli;

import io.gat.admin.OperatorGate;
import io.gat.admin.OperatorGats;
import io.gat.audit.AuditEvent;
import io.gat.config.AuthzConfig;
import io.gat.config.GatConfig;
import io.gat.config.IssuerConfig;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import io.gat.issue.Minter;
import io.gat.keys.CryptoProvider;
import io.gat.log.EmbeddedLog;
import io.gat.server.ControlPlane;
import io.gat.server.StartException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Mints as whoever may read an issuer's files can. While no server has the issuer's log, it is
 * opened here; else the server is asked, by an operator's gat that the issuer's own key signs.
 * Either way the audit log has the token before anybody has it. That operator's gat, which never
 * leaves this process but for the one call, it has when the server admits it.
 */
final class LocalMint {
  private static final String REVOKED =
      "a revocation in force hits it; lift that, or wait until its leeway is over";
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final GatConfig config;
  private final IssuerConfig issuer;
  private final String command;
  private final InstantSource clock = InstantSource.system();

  /**
   * For an issuer's files.
   *
   * @param command what this process is, for those who find the log locked
   * @throws UnusableInput where the configuration has no issuer
   */
  LocalMint(GatConfig config, String command) {
    this.config = config;
    this.issuer = IssuerFiles.issuer(config);
    this.command = command;
  }

  /**
   * Mints.
   *
   * @throws UnusableInput where that cannot be done: a line with a remedy
   */
  MintedToken mint(MintRequest request, Jitter jitter) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<String> holder = holder();
      if (holder.isPresent() && holder.get().startsWith(ControlPlane.SERVER)) {
        return byServer(request, jitter);
      }
      try (ControlPlane plane = open()) {
        return minted(plane.minter().mint(request, jitter, cause()).join());
      } catch (StartException e) {
        // Another command may have been faster, and is soon done: opening waits for it a little.
        if (holder().isEmpty() || System.nanoTime() - deadline > 0) {
          throw new UnusableInput(String.valueOf(e.getMessage()));
        }
      } catch (IllegalArgumentException e) {
        throw new UnusableInput(command + ": " + e.getMessage());
      }
    }
  }

  private Optional<String> holder() {
    if (!Files.isDirectory(issuer.data())) {
      return Optional.empty();
    }
    return EmbeddedLog.holder(issuer.data());
  }

  private ControlPlane open() throws StartException {
    Duration leeway = config.authz().map(AuthzConfig::leeway).orElse(LEEWAY);
    return ControlPlane.open(issuer, command, CryptoProvider.jdk(), leeway, clock);
  }

  private AuditedMinter.Cause cause() {
    return new AuditedMinter.Cause(
        new AuditEvent.Actor(AuditEvent.Actor.Kind.LOCAL, user(), ""), "", "", "");
  }

  private static String user() {
    return System.getProperty("user.name", "unknown");
  }

  private MintedToken minted(AuditedMinter.Outcome outcome) {
    return switch (outcome) {
      case AuditedMinter.Outcome.Minted minted -> minted.token();
      case AuditedMinter.Outcome.Revoked revoked ->
          throw new UnusableInput(command + ": no token, since " + REVOKED);
      case AuditedMinter.Outcome.Unavailable unavailable ->
          throw new UnusableInput(command + ": no token: " + unavailable.why());
    };
  }

  private MintedToken byServer(MintRequest request, Jitter jitter) {
    String server = AdminOptions.reachable(config.admin().listen());
    AdminAnswer told =
        AdminClient.of(server, operatorGat())
            .call("POST", "/v1/tokens", Map.of(), body(request, jitter));
    if (!told.isDone()) {
      throw new UnusableInput(command + ": no token, since " + told.description());
    }
    Map<String, Object> answer = told.members();
    return new MintedToken(
        text(answer, "token"),
        text(answer, "token_id"),
        text(answer, "kid"),
        text(answer, "txn"),
        Instant.parse(text(answer, "issued_at")),
        Instant.parse(text(answer, "expires_at")));
  }

  /** For the one call, and for a minute. */
  private String operatorGat() {
    try {
      return new Minter(issuer.url(), ControlPlane.borrow(issuer, CryptoProvider.jdk()), clock)
          .mint(
              new MintRequest(
                  OperatorGats.AUDIENCE,
                  List.of("gat:mint"),
                  user(),
                  command,
                  Duration.ofSeconds(60),
                  "",
                  Map.of(OperatorGate.BORROWED, true)),
              Jitter.NONE,
              user())
          .compact();
    } catch (StartException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }

  private static String body(MintRequest request, Jitter jitter) {
    return Json.line(
        json -> {
          json.writeStartObject();
          json.writeStringField("audience", request.audience());
          json.writeStringField("scope", String.join(" ", request.scopes()));
          json.writeStringField("subject", request.subject());
          json.writeStringField("client", request.client());
          json.writeNumberField("ttl_seconds", request.ttl().toSeconds());
          json.writeBooleanField("jitter", jitter == Jitter.SHORTER);
          if (!request.txn().isEmpty()) {
            json.writeStringField("txn", request.txn());
          }
          json.writeFieldName("claims");
          Json.value(json, request.claims());
          json.writeEndObject();
        });
  }

  private static String text(Map<String, Object> answer, String name) {
    if (answer.get(name) instanceof String text) {
      return text;
    }
    throw new UnusableInput("the server's answer has no " + name + ": no gat answers so");
  }
}
