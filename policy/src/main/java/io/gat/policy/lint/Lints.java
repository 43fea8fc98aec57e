package io.gat.policy.lint;

import io.gat.policy.parse.Problem;
import java.util.ArrayList;
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

  /** Everything that they find in a set without parts in shadow, in no order; errors, too. */
  public static List<Problem> of(PolicySet set) {
    Findings findings = new Findings(place -> true);
    ALL.forEach(lint -> lint.look(set, findings));
    return findings.all();
  }

  /**
   * The same of a set with parts in shadow. Those are judged as parts of the candidate; what it
   * makes of enforced parts is not told, since that is what it is there to show.
   */
  public static List<Problem> of(PolicySet enforced, PolicySet candidate) {
    List<Problem> all = new ArrayList<>(of(enforced));
    Findings findings = new Findings(ShadowPlaces.of(candidate)::contains);
    ALL.forEach(lint -> lint.look(candidate, findings));
    new RepeatedInShadow().look(candidate, findings);
    all.addAll(findings.all());
    Findings unenforced = new Findings(place -> true);
    Unenforced.look(enforced, candidate, unenforced);
    all.addAll(unenforced.all());
    return all;
  }
}
