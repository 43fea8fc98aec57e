package io.gat.policy.verify;

import io.gat.policy.IssuanceRequest;
import io.gat.policy.parse.Position;

/** One thing that a test file asks. */
sealed interface TestCase {
  /** Its name, for reports: a case's own, or {@code request × token} of a table. */
  String name();

  /** Where it stands. */
  Position position();

  /**
   * A call and what must come of it.
   *
   * @param origin whether somebody wrote it down
   */
  record Call(
      String name, Position position, TestCall call, Expectation expect, CaseResult.Origin origin)
      implements TestCase {}

  /** A request for a token and what must come of it. */
  record Issuance(
      String name, Position position, IssuanceRequest request, IssuanceExpectation.Both expect)
      implements TestCase {}
}
