package io.gat.audit;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What verification has found.
 *
 * @param findings in the order of their places, those without a place last; at most one a chain
 *     from its records, and at most 1,000
 * @param records how many were read
 * @param checkpoints how many of them were checkpoints
 * @param writers whose chains they are
 * @param uncovered how many records at the ends of chains no checkpoint covers yet
 * @param exported how many checkpoints were known from outside the log
 * @param unexported how many checkpoints of the log were not among them
 * @param kids the keys that the checkpoints carry, where no others were given
 */
public record VerifyReport(
    List<Finding> findings,
    long records,
    long checkpoints,
    Set<String> writers,
    long uncovered,
    long exported,
    long unexported,
    Set<String> kids) {
  public VerifyReport {
    findings = List.copyOf(findings);
    writers = new TreeSet<>(writers);
    kids = new TreeSet<>(kids);
  }

  /** True where everything is as it was written. */
  public boolean isSound() {
    return findings.isEmpty();
  }
}
