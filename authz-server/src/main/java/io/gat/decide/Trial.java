package io.gat.decide;

import java.util.Objects;
import java.util.Optional;

/** What came of judging a check by the candidate too, after it was decided. */
public sealed interface Trial {

  /** There is no candidate, or the check was not judged at all. */
  record None() implements Trial {}

  /**
   * The candidate has an answer.
   *
   * @param live what was decided
   * @param candidate what the candidate says of the same check at the same moment
   * @param policies which two policies these are
   */
  record Answered(ShadowAnswer live, ShadowAnswer candidate, Pair policies) implements Trial {
    public Answered {
      Objects.requireNonNull(policies);
      Objects.requireNonNull(live);
      Objects.requireNonNull(candidate);
    }

    /**
     * True where the kinds of the answers differ: one lets the call pass and the other does not,
     * one asks for a token and the other does not, or only one is a denial. Another reason of a
     * denial, and another rule of an allow, are no disagreement: nobody gets in or stays out by
     * them.
     */
    public boolean disagrees() {
      return live.kind() != candidate.kind();
    }
  }

  /** The candidate would have had to verify a token, and has verified too many of late. */
  record Skipped() implements Trial {}

  /**
   * The hashes of a policy and its candidate.
   *
   * @param live of the policy that decides
   */
  record Pair(String live, String candidate) {
    public Pair {
      Objects.requireNonNull(live);
      Objects.requireNonNull(candidate);
    }
  }

  /** Judging by the candidate failed: a bug, which the decision has nothing of. */
  record Failed(Throwable bug) implements Trial {
    public Failed {
      Objects.requireNonNull(bug);
    }
  }

  /** What the candidate says, where it disagrees. */
  default Optional<ShadowAnswer> disagreement() {
    return this instanceof Answered answered && answered.disagrees()
        ? Optional.of(answered.candidate())
        : Optional.empty();
  }
}
