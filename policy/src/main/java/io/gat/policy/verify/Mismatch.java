package io.gat.policy.verify;

import java.util.Objects;

/**
 * One way in which an answer is not the expected one.
 *
 * @param what which part of the answer, such as {@code reason} or {@code header x-gat-subject}
 * @param expected for a person
 * @param got for a person; {@code nothing} where the answer does not have it
 */
public record Mismatch(String what, String expected, String got) {
  /** How a value that is not there is called. */
  static final String NOTHING = "nothing";

  public Mismatch {
    Objects.requireNonNull(what);
    Objects.requireNonNull(expected);
    Objects.requireNonNull(got);
  }

  /** {@code expected reason ok, got expired}. */
  public String described() {
    return "expected " + what + " " + expected + ", got " + got;
  }
}
