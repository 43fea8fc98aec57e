package io.gat.server;

import io.gat.admin.AdminOperation;
import io.gat.admin.ApprovalOperations;
import io.gat.audit.AuditEvent;
import io.gat.audit.UntilDurable;
import io.gat.issue.EmbeddedFeed;
import io.gat.issue.MintRequest;
import io.gat.issue.ruling.Approval;
import io.gat.issue.ruling.Approvals;
import io.gat.issue.ruling.Ask;
import io.gat.issue.ruling.Attestations;
import io.gat.issue.ruling.Issuance;
import io.gat.issue.ruling.IssuanceShadow;
import io.gat.issue.ruling.PolicyIssuance;
import io.gat.issue.ruling.Ruling;
import io.gat.issue.ruling.Throttle;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.IssuanceRules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A running issuer's decision who gets which token: the policy of its files, which is replaced
 * where they change, and what that stands on.
 */
final class OpenIssuance implements Issuance, AutoCloseable {
  private static final Duration STANDARD_TTL = Duration.ofSeconds(60);
  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final Duration EVENT_PAUSE = Duration.ofSeconds(1);

  private final AtomicReference<Current> current;
  private final Approvals approvals;
  private final IssuanceShadow shadow = new IssuanceShadow();
  private final PolicyIssuance issuance;
  private final List<AdminOperation> operations;
  private final InstantSource clock;
  private final UntilDurable events;
  private final Deque<AutoCloseable> parts;

  /** One set of rules, with its hash; empty for none. */
  private record Current(IssuancePolicy policy, String hash, IssuanceRules rules) {
    static Current of(IssuancePolicy policy, String hash) {
      return new Current(
          policy, hash, new IssuanceRules(policy, STANDARD_TTL, MintRequest.MAX_TTL));
    }
  }

  /**
   * Takes over what it is given, which it closes.
   *
   * @param reloader null where nobody gets a token
   */
  OpenIssuance(
      @Nullable PolicyReloader reloader,
      Throttle throttle,
      Attestations attestations,
      ControlPlane plane,
      InstantSource clock,
      Deque<AutoCloseable> parts) {
    this.clock = clock;
    this.parts = new ArrayDeque<>(parts);
    this.events = new UntilDurable(plane.audit(), EVENT_PAUSE);
    this.parts.push(events);
    this.approvals = new Approvals(plane.log());
    this.parts.push(approvals);
    this.current = new AtomicReference<>(Current.of(new IssuancePolicy(List.of()), ""));
    this.issuance =
        new PolicyIssuance(
            () -> current.get().rules(),
            throttle,
            attestations,
            Optional.of(new PolicyIssuance.Approving(approvals, plane.audit())),
            shadow);
    this.operations = new ApprovalOperations(approvals, plane.audit(), clock).all();
    this.parts.push(
        EmbeddedFeed.Timer.ownThread("gat-approvals")
                .every(SWEEP, () -> approvals.sweep(clock.instant()))
            ::run);
    if (reloader != null) {
      reloader.tell(this::changed);
      changed(reloader.set());
      reloader.watch();
    }
  }

  private static Current current(PolicyCompiler.Compiled set) {
    return Current.of(set.issuance(), set.policy().hash());
  }

  private void changed(PolicyCompiler.Compiled set) {
    Current next = current(set);
    Current before = current.getAndSet(next);
    if (!before.hash().equals(next.hash())) {
      events.record(
          AuditEvent.about(
                  AuditEvent.Action.POLICY_CHANGED,
                  AuditEvent.Outcome.DONE,
                  AuditEvent.Actor.system(ControlPlane.SERVER))
              .withDetail("of", "issuance")
              .withDetail("before", before.hash())
              .withDetail("policy", next.hash())
              .event());
    }
  }

  @Override
  public Ruling rule(Ask ask, Instant now) {
    return issuance.rule(ask, now);
  }

  @Override
  public Throttle.Admission admit(String principal) {
    return issuance.admit(principal);
  }

  /** The rules as they are now. */
  IssuancePolicy policy() {
    return current.get().policy();
  }

  /** The hash of the set that they are of; empty where there is none. */
  String hash() {
    return current.get().hash();
  }

  /** What operators may do with approvals. */
  List<AdminOperation> operations() {
    return operations;
  }

  /** How often each rule in shadow would have changed an answer. */
  Map<String, Long> shadow() {
    return shadow.counts();
  }

  /** How many questions wait for a second person. */
  int waiting() {
    return (int)
        approvals.all(clock.instant()).stream()
            .filter(one -> one.state() instanceof Approval.State.Pending)
            .count();
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.getLogger(OpenIssuance.class.getName())
            .log(System.Logger.Level.WARNING, "a part of the issuance does not end", e);
      }
    }
  }
}
