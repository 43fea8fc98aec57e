package io.gat.decide;

import io.gat.policy.Condition;
import io.gat.policy.Verdict;
import io.gat.revocation.Moment;
import io.gat.token.Verification;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A check that was decided for the sake of its explanation, and all that it went through. */
public final class Inquiry {
  private final Decision decision;
  private final Trial trial;
  private final Snapshot snapshot;
  private final Moment at;
  private final String pin;
  private final @Nullable CachedVerification verified;

  Inquiry(
      Decision decision,
      Trial trial,
      Snapshot snapshot,
      Moment at,
      String pin,
      @Nullable CachedVerification verified) {
    this.decision = Objects.requireNonNull(decision);
    this.trial = Objects.requireNonNull(trial);
    this.snapshot = Objects.requireNonNull(snapshot);
    this.at = Objects.requireNonNull(at);
    this.pin = Objects.requireNonNull(pin);
    this.verified = verified;
  }

  /** What {@link Decider} said. */
  public Decision decision() {
    return decision;
  }

  /** What came of the candidate, if there is one. */
  public Trial trial() {
    return trial;
  }

  /** By what it was decided. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /** When. */
  public Moment at() {
    return at;
  }

  /** The service that the configuration pins; empty for none. */
  public String pin() {
    return pin;
  }

  /** What the policy said before a token was read. */
  public Verdict verdict() {
    return snapshot.policy().judge(decision.facts().request(), pin, at.wall());
  }

  /** What the token's verification said; empty where none was read. */
  public Optional<Verification> verification() {
    return Optional.ofNullable(verified).map(CachedVerification::verification);
  }

  /** What the rule's condition reads; empty where no token was verified for a guarded rule. */
  public Optional<Condition.Input> conditionInput() {
    return verdict() instanceof Verdict.Guarded guarded
        ? Optional.ofNullable(verified)
            .flatMap(CachedVerification::view)
            .map(
                view ->
                    new Condition.Input(
                        view,
                        decision.facts().request(),
                        guarded.canonicalPath(),
                        guarded.path(),
                        at.wall()))
        : Optional.empty();
  }
}
