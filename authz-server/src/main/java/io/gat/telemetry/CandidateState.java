package io.gat.telemetry;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How it is with the policy that checks are judged by beside the one that decides. */
public sealed interface CandidateState {

  /** There is none. */
  record None() implements CandidateState {}

  /**
   * Checks are judged by it.
   *
   * @param hash of its set
   */
  record Runs(Origin origin, String hash) implements CandidateState {
    public Runs {
      Objects.requireNonNull(origin);
      Objects.requireNonNull(hash);
    }
  }

  /** One is configured, and was refused or not read yet: checks are judged by none. */
  record Refused() implements CandidateState {}

  /** What health tells of it, in this order: {@code state}, {@code from}, {@code policy}. */
  default Map<String, String> told() {
    Map<String, String> told = new LinkedHashMap<>();
    switch (this) {
      case None none -> {}
      case Refused refused -> told.put("state", "refused");
      case Runs runs -> {
        told.put("state", "runs");
        told.put("from", runs.origin().name().toLowerCase(Locale.ROOT));
        told.put("policy", runs.hash());
      }
    }
    return told;
  }

  /** Where a candidate comes from. */
  enum Origin {
    /** The parts in shadow of the running set. */
    SHADOW,
    /** {@code gat.authz.candidate}. */
    CANDIDATE
  }
}
