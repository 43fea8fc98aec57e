package io.gat.policy.lint;

import io.gat.policy.parse.Problem;
import java.util.List;

/** All lints. */
public final class Lints {
  private static final List<Lint> ALL =
      List.of(
          new NeverMatches(),
          new RedundantDeny(),
          new UnguardedRule(),
          new BroadPublic(),
          new UnreachableService(),
          new CoveredHost(),
          new UngrantableScope(),
          new UnacceptedIssuance(),
          new IdleLifetime());

  private Lints() {}

  /** Everything that they find, in no order; errors among it, too. */
  public static List<Problem> of(PolicySet set) {
    Findings findings = new Findings();
    ALL.forEach(lint -> lint.look(set, findings));
    return findings.all();
  }
}
