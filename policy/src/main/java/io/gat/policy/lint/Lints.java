package io.gat.policy.lint;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All lints. */
public final class Lints {
  private static final List<Lint> ALL =
      List.of(
          new NeverMatches(),
          new RedundantDeny(),
          new UnguardedRule(),
          new EndlessUpgrade(),
          new BroadPublic(),
          new UnreachableService(),
          new CoveredHost(),
          new UngrantableScope(),
          new UnacceptedIssuance(),
          new IdleLifetime());

  /** What is wrong with tokens that nobody asks for. */
  private static final Set<ProblemId> OF_DEMAND =
      Set.of(ProblemId.UNACCEPTED_AUDIENCE, ProblemId.UNASKED_SCOPE, ProblemId.IDLE_LIFETIME);

  private Lints() {}

  /** Everything that they find in a set without parts in shadow, in no order; errors, too. */
  public static List<Problem> of(PolicySet set) {
    return found(set).all();
  }

  private static Findings found(PolicySet set) {
    Findings findings = new Findings();
    ALL.forEach(lint -> lint.look(set, findings));
    return findings;
  }

  /**
   * The same of a set with parts in shadow. Those are judged as parts of the candidate; what it
   * makes of enforced parts is not told, since that is what it is there to show. Tokens may be
   * given for what only the candidate asks.
   */
  public static List<Problem> of(PolicySet enforced, PolicySet candidate) {
    Findings tried = found(candidate);
    List<Problem> inShadow = tried.at(ShadowPlaces.of(candidate));
    List<Problem> all = new ArrayList<>(of(enforced));
    all.removeIf(problem -> OF_DEMAND.contains(problem.id()) && !isIn(problem, tried.all()));
    all.addAll(inShadow);
    Findings own = new Findings();
    new RepeatedInShadow().look(candidate, own);
    Unenforced.look(enforced, candidate, own);
    all.addAll(own.all());
    return all;
  }

  private static boolean isIn(Problem problem, List<Problem> others) {
    return others.stream()
        .anyMatch(
            other ->
                other.id() == problem.id()
                    && other.position().equals(problem.position())
                    && other.message().equals(problem.message()));
  }
}
