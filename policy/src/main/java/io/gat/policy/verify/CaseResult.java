package io.gat.policy.verify;

import io.gat.policy.parse.Position;
import java.util.List;
import java.util.Objects;

/**
 * What came of one case.
 *
 * @param position where it stands
 * @param got the answer, in one line
 * @param mismatches in what it is not the expected one; none where the case passed
 */
public record CaseResult(String name, Position position, String got, List<Mismatch> mismatches) {
  public CaseResult {
    Objects.requireNonNull(name);
    Objects.requireNonNull(position);
    Objects.requireNonNull(got);
    mismatches = List.copyOf(mismatches);
  }

  public boolean passed() {
    return mismatches.isEmpty();
  }
}
