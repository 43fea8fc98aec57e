package io.gat.policy;

import java.util.Objects;

/**
 * What the issuance rules say of a request, and what they would say if those in shadow for its
 * principal were enforced, too.
 *
 * @param enforced the answer; nothing in shadow has a part in it
 * @param candidate what would be said; equal to the answer where nothing in shadow changes it
 */
public record IssuanceTrial(IssuanceVerdict enforced, IssuanceVerdict candidate) {
  public IssuanceTrial {
    Objects.requireNonNull(enforced);
    Objects.requireNonNull(candidate);
  }

  /** True where the rules in shadow would make another token of it, or the only one. */
  public boolean disagrees() {
    return !enforced.equals(candidate);
  }
}
