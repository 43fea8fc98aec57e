package io.gat.decide.explain;

import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why one check is decided as it is, for a person. Its texts hold what a stranger sent: whoever
 * writes them to a terminal escapes them. They hold claims only of a token whose signature held, or
 * that the person who asks said to believe.
 *
 * @param reason null where it is {@link Outcome#UNDECIDED}
 * @param path as sent, undecoded, without query
 * @param service empty for none
 * @param servicePlace {@code file:line} of the service; empty where that is not known
 * @param rule the one that decides; empty for none
 * @param steps all of {@link Step}, in its order
 * @param candidates every rule that matches the path, the most specific first
 * @param conditions what the deciding rule asks beside path, method and token, as it is with this
 *     call, also where the check did not get so far
 * @param missing what the failed step lacks
 * @param needed what an allow would take; empty for an allow
 * @param notes what the reader must know before believing any of it
 * @param shadow what the candidate says; null where it says the same, or there is none
 */
public record Explanation(
    Outcome outcome,
    @Nullable Reason reason,
    Instant at,
    String policy,
    String method,
    String host,
    String path,
    String service,
    String servicePlace,
    String rule,
    List<Finding> steps,
    List<Candidate> candidates,
    List<Asked> conditions,
    List<String> missing,
    List<String> needed,
    List<String> notes,
    @Nullable ShadowAnswer shadow) {
  public Explanation {
    Objects.requireNonNull(outcome);
    Objects.requireNonNull(at);
    Objects.requireNonNull(policy);
    Objects.requireNonNull(method);
    Objects.requireNonNull(host);
    Objects.requireNonNull(path);
    Objects.requireNonNull(service);
    Objects.requireNonNull(servicePlace);
    Objects.requireNonNull(rule);
    steps = List.copyOf(steps);
    candidates = List.copyOf(candidates);
    conditions = List.copyOf(conditions);
    missing = List.copyOf(missing);
    needed = List.copyOf(needed);
    notes = List.copyOf(notes);
    if ((outcome == Outcome.UNDECIDED) != (reason == null)) {
      throw new IllegalArgumentException("a decision has a reason");
    }
  }

  /** The same with one note more. */
  public Explanation noted(String note) {
    List<String> all = new ArrayList<>(notes);
    all.add(note);
    return new Explanation(
        outcome,
        reason,
        at,
        policy,
        method,
        host,
        path,
        service,
        servicePlace,
        rule,
        steps,
        candidates,
        conditions,
        missing,
        needed,
        all,
        shadow);
  }

  /** What the check comes to. */
  public enum Outcome {
    ALLOW,
    DENY,
    ERROR,
    /** It depends on a token that nobody could verify. */
    UNDECIDED;

    /** The word that people and programs read. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What became of a step or of something that a rule asks. */
  public enum State {
    PASSED,
    FAILED,
    /** An earlier step ended the check, or the rule does without it. */
    NOT_REACHED,
    /** What it takes is not known here. */
    UNKNOWN;

    /** The word that people and programs read. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * What became of one step.
   *
   * @param seen what was seen; empty where nothing was
   */
  public record Finding(Step step, State state, String seen) {
    public Finding {
      Objects.requireNonNull(step);
      Objects.requireNonNull(state);
      Objects.requireNonNull(seen);
    }
  }

  /**
   * A rule that matches the path.
   *
   * @param place {@code file:line} of the rule; empty where that is not known
   * @param template by which it does, as written
   * @param methods those that it names, sorted; empty for any
   * @param standing why it decides or does not
   */
  public record Candidate(
      String rule,
      String place,
      String template,
      List<String> methods,
      boolean decides,
      String standing) {
    public Candidate {
      Objects.requireNonNull(rule);
      Objects.requireNonNull(place);
      Objects.requireNonNull(template);
      methods = List.copyOf(methods);
      Objects.requireNonNull(standing);
    }
  }

  /**
   * Something that a rule asks, or a part of it.
   *
   * @param what it asks
   * @param seen how it is with this call; empty where the parts say it
   */
  public record Asked(String what, State state, String seen, List<Asked> parts) {
    public Asked {
      Objects.requireNonNull(what);
      Objects.requireNonNull(state);
      Objects.requireNonNull(seen);
      parts = List.copyOf(parts);
    }
  }
}
