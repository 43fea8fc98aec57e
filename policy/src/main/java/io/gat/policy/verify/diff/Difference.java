package io.gat.policy.verify.diff;

import java.util.Objects;

/**
 * One requirement that is not what it was.
 *
 * @param what by its key in a policy file, such as {@code scopes} or {@code headers x-team}
 * @param relation how the new one stands to the old one
 * @param before in words; {@code none} where there was none
 * @param after in words; {@code none} where there is none
 */
public record Difference(String what, Relation relation, String before, String after) {
  public Difference {
    Objects.requireNonNull(what);
    Objects.requireNonNull(relation);
    Objects.requireNonNull(before);
    Objects.requireNonNull(after);
  }
}
