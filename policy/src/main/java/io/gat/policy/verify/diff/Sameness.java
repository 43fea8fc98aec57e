package io.gat.policy.verify.diff;

import io.gat.policy.Circumstance;
import io.gat.policy.evaluate.Standing;
import java.util.List;

/** What is known of one call's rules in two versions of a service without knowing the call. */
public final class Sameness {
  private final Comparison comparison;

  public Sameness(Forms forms) {
    this.comparison = new Comparison(forms);
  }

  /**
   * True where both let the same calls through, and some: what a call is like does not matter then.
   */
  public boolean isProved(Standing before, Standing after) {
    Access was = Access.of(before);
    Access is = Access.of(after);
    return was instanceof Access.Way
        && is instanceof Access.Way
        && comparison.compare(was, is).filter(Sameness::decides).isEmpty();
  }

  /** How long a stream may last is nothing that a call is refused for. */
  private static boolean decides(Comparison.Finding finding) {
    return finding.differences().isEmpty()
        || finding.differences().stream().anyMatch(d -> !d.what().equals(Comparison.MAX_STREAM));
  }

  /**
   * True where every call that has all of some circumstances has all of others, and every call that
   * may have all of some may have all of others.
   */
  public static boolean imply(List<Circumstance> some, List<Circumstance> others) {
    return Asked.imply(Asked.of(some), Asked.of(others));
  }
}
