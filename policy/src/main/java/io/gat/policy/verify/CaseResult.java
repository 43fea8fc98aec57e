package io.gat.policy.verify;

import io.gat.policy.parse.Position;
import java.util.List;
import java.util.Objects;

/**
 * What came of one case.
 *
 * @param position where it stands
 * @param origin whether somebody wrote it down
 * @param got the answer, in one line
 * @param mismatches in what it is not the expected one; none where the case passed
 */
public record CaseResult(
    String name, Position position, Origin origin, String got, List<Mismatch> mismatches) {
  public CaseResult {
    Objects.requireNonNull(name);
    Objects.requireNonNull(position);
    Objects.requireNonNull(origin);
    Objects.requireNonNull(got);
    mismatches = List.copyOf(mismatches);
  }

  /** Whether somebody wrote a case down. */
  public enum Origin {
    WRITTEN,
    /** A pair of an exhaustive table that nobody listed, so that it must be denied. */
    UNLISTED
  }

  public boolean passed() {
    return mismatches.isEmpty();
  }
}
