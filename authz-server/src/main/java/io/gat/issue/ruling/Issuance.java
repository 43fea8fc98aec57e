package io.gat.issue.ruling;

import java.time.Instant;

/** Says who may have which token. Nothing by default. Safe to share between threads. */
public interface Issuance {
  /** Judges what a caller asks for, at this time. */
  Ruling rule(Ask ask, Instant now);

  /**
   * Lets a principal ask for what takes no rule, by the same limits as for what takes one, or says
   * when to come again.
   */
  Throttle.Admission admit(String principal);
}
