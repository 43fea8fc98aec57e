package io.gat.server;

import io.gat.audit.AuditDraft;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.config.CanaryConfig;
import io.gat.decide.Reason;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.log.Appended;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.telemetry.CanaryFailure;
import io.gat.telemetry.CanaryMetrics;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tries the whole way of a revocation: mints a probe token, has an authz server allow it, revokes
 * it and measures how long the server goes on to allow it. A probe is good for one scope and half a
 * minute; its revocation is lifted once it has expired, so that none stays behind. All of it is in
 * the audit log, as done by gat itself.
 */
final class RevocationCanary {
  static final String NAME = "gat canary";

  private static final Logger LOG = System.getLogger(RevocationCanary.class.getName());
  private static final Duration LIFE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(5);

  /** A probe is watched for no longer than it lives. */
  private static final Duration WATCHED = Duration.ofSeconds(20);

  private final Parts parts;
  private final Probed probed;
  private final String issuer;
  private final CanaryConfig.Call call;
  private final CanaryMetrics metrics;
  private final Queue<Left> left = new ArrayDeque<>();
  private Optional<CanaryFailure> told = Optional.empty();

  /** What of an issuer it uses. */
  record Parts(
      AuditedMinter minter, Revocations revocations, AuditTrail audit, Moment.Source clock) {}

  /** The authz server that is asked. */
  @FunctionalInterface
  interface Probed {
    /**
     * Checks a call with a token.
     *
     * @return the reason, as the answer's metadata has it
     * @throws IOException where there is no answer
     */
    String check(String token) throws IOException;
  }

  /** A revocation that is to be lifted. */
  private record Left(String revocation, Instant from) {}

  /** Ends a round that measures nothing. */
  private static final class RoundFailedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final CanaryFailure why;

    RoundFailedException(CanaryFailure why, String message) {
      super(message);
      this.why = why;
    }
  }

  /**
   * A canary.
   *
   * @param issuer the {@code iss} of its tokens
   */
  RevocationCanary(
      Parts parts, Probed probed, String issuer, CanaryConfig.Call call, CanaryMetrics metrics) {
    this.parts = parts;
    this.probed = probed;
    this.issuer = issuer;
    this.call = call;
    this.metrics = metrics;
  }

  /** One round. A failure is told once, until it is another one or none. */
  synchronized void round() {
    try {
      liftExpired();
      Duration took = measure();
      metrics.propagated(took);
      told = Optional.empty();
    } catch (RoundFailedException e) {
      metrics.failed(e.why);
      if (!told.equals(Optional.of(e.why))) {
        told = Optional.of(e.why);
        LOG.log(Level.WARNING, "the revocation canary: {0}", e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a round of the revocation canary has failed", e);
    }
  }

  private Duration measure() throws RoundFailedException, InterruptedException {
    MintedToken probe = mint();
    String before = check(probe.compact());
    if (!before.equals(Reason.OK.code())) {
      throw new RoundFailedException(
          before.equals(Reason.REVOCATION_STALE.code())
              ? CanaryFailure.STALE
              : CanaryFailure.NOT_ALLOWED,
          "a fresh probe is answered " + before);
    }
    revoke(probe);
    long acknowledged = System.nanoTime();
    while (System.nanoTime() - acknowledged < WATCHED.toNanos()) {
      String answer = check(probe.compact());
      if (answer.equals(Reason.REVOKED.code())) {
        return Duration.ofNanos(System.nanoTime() - acknowledged);
      }
      if (!answer.equals(Reason.OK.code())) {
        throw new RoundFailedException(
            answer.equals(Reason.REVOCATION_STALE.code())
                ? CanaryFailure.STALE
                : CanaryFailure.NOT_ALLOWED,
            "a revoked probe is answered " + answer);
      }
      TimeUnit.NANOSECONDS.sleep(BETWEEN_CHECKS.toNanos());
    }
    throw new RoundFailedException(
        CanaryFailure.STILL_ALLOWED,
        "a revoked probe is still allowed after " + WATCHED.toSeconds() + " s");
  }

  private String check(String token) throws RoundFailedException {
    try {
      return probed.check(token);
    } catch (IOException e) {
      throw new RoundFailedException(CanaryFailure.UNREACHABLE, String.valueOf(e.getMessage()));
    }
  }

  private MintedToken mint() throws RoundFailedException, InterruptedException {
    AuditedMinter.Outcome outcome =
        await(
                parts
                    .minter()
                    .mint(
                        new MintRequest(
                            call.audience(),
                            List.of(call.scope()),
                            "gat:canary",
                            "gat-canary",
                            LIFE,
                            "",
                            Map.of()),
                        Jitter.NONE,
                        new AuditedMinter.Cause(AuditEvent.Actor.system(NAME), "", "", "")))
            .orElseGet(() -> new AuditedMinter.Outcome.Unavailable("the log does not answer"));
    return switch (outcome) {
      case AuditedMinter.Outcome.Minted minted -> minted.token();
      case AuditedMinter.Outcome.Revoked _ ->
          throw new RoundFailedException(
              CanaryFailure.NOT_MINTED, "a revocation in force hits its probes");
      case AuditedMinter.Outcome.Unavailable unavailable ->
          throw new RoundFailedException(CanaryFailure.NOT_MINTED, unavailable.why());
    };
  }

  private void revoke(MintedToken probe) throws RoundFailedException, InterruptedException {
    RevocationChange.Added change =
        new RevocationChange.Added(
            parts.revocations().newId(),
            new Revocation(
                new Revocation.Selector.ByTokenId(probe.tokenId()),
                issuer,
                parts.clock().now().wall(),
                Revocation.Reach.ISSUED_BEFORE),
            NAME,
            NAME);
    // Whatever the answer is, it may be in the log.
    left.add(
        new Left(
            change.id(), probe.expiresAt().plus(parts.revocations().leeway().multipliedBy(2))));
    Optional<Revocations.Outcome> outcome = await(parts.revocations().revoke(change));
    if (!(outcome.orElse(null) instanceof Revocations.Outcome.Done)) {
      throw new RoundFailedException(
          CanaryFailure.NOT_REVOKED, "the log does not acknowledge a revocation");
    }
    record(AuditEvent.Action.REVOKED, change.id(), probe.tokenId());
  }

  /** Of probes that no clock within the leeway takes any more. */
  private void liftExpired() throws InterruptedException {
    Instant now = parts.clock().now().wall();
    while (!left.isEmpty() && left.element().from().isBefore(now)) {
      String id = left.element().revocation();
      record(AuditEvent.Action.REVOCATION_LIFTED, id, "");
      Optional<Revocations.Outcome> outcome =
          await(parts.revocations().lift(id, "the probe has expired", NAME));
      if (outcome.isEmpty() || outcome.get() instanceof Revocations.Outcome.Unknown) {
        return; // the next round tries again
      }
      left.remove();
    }
  }

  private void record(AuditEvent.Action action, String revocation, String tokenId)
      throws InterruptedException {
    AuditDraft event =
        AuditEvent.about(action, AuditEvent.Outcome.DONE, AuditEvent.Actor.system(NAME))
            .withReason(NAME)
            .withTokenId(tokenId)
            .withDetail("revocation", revocation);
    if (!(await(parts.audit().record(event.event())).orElse(null) instanceof Appended.At)) {
      LOG.log(Level.WARNING, "the audit log does not take what the canary does");
    }
  }

  private static <T> Optional<T> await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return Optional.of(future.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }
}
