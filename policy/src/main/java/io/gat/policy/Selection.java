package io.gat.policy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a policy came to its {@link Verdict} on a request, told at length for a person. It decides
 * nothing: {@link Policy#judge} does.
 *
 * @param search how the service was found
 * @param candidates every rule with a template that matches the path, those of the most specific
 *     template first, rules of one template by their names; empty where there is no service or no
 *     clear path
 */
public record Selection(Search search, List<Candidate> candidates) {
  public Selection {
    Objects.requireNonNull(search);
    candidates = List.copyOf(candidates);
  }

  /**
   * How the service was found.
   *
   * @param way what decided
   * @param named what the deciding way names: a service's name for a pin and an extension, else a
   *     workload's identity or a host
   * @param decided the service that this leads to; null for none
   * @param ofHost the service that the host belongs to; null for none
   */
  public record Search(Way way, String named, @Nullable Service decided, @Nullable Service ofHost) {
    public Search {
      Objects.requireNonNull(way);
      Objects.requireNonNull(named);
    }

    /** True where the host belongs to another service than the one decided. */
    public boolean isContradictedByHost() {
      return ofHost != null && !ofHost.equals(decided);
    }
  }

  /** What decides which service a request is for, in the order in which it is asked. */
  public enum Way {
    PIN,
    EXTENSION,
    PRINCIPAL,
    HOST
  }

  /**
   * A rule at one of its templates that matches the path.
   *
   * @param template as written
   */
  public record Candidate(Rule rule, String template, Standing standing) {
    public Candidate {
      Objects.requireNonNull(rule);
      Objects.requireNonNull(template);
      Objects.requireNonNull(standing);
    }
  }

  /** Why a rule decides or does not. */
  public sealed interface Standing {
    /** It is the one. */
    record Decides() implements Standing {}

    /** Its template owns the path, or it denies, but it does not name the method. */
    record OtherMethod() implements Standing {}

    /** Of a candidate: a rule in shadow stands in its place. */
    record Replaced() implements Standing {}

    /** A deny rule whose circumstances clearly do not hold. */
    record StepsAside() implements Standing {}

    /** A deny rule that would deny too, but one that is more specific does already. */
    record DeniesToo() implements Standing {}

    /** It does not deny, and a deny rule matches. */
    record Overruled() implements Standing {}

    /**
     * Another template is more specific, and owns the path alone, whatever methods its rules name.
     *
     * @param segment where the two differ first, counted from 1
     * @param own this template's part there; a slash for one at the end, empty where it ends before
     * @param owners the more specific part; empty where that template ends before it
     */
    record LessSpecific(int segment, String own, String owners) implements Standing {
      public LessSpecific {
        Objects.requireNonNull(own);
        Objects.requireNonNull(owners);
        if (segment < 1) {
          throw new IllegalArgumentException("segments count from 1");
        }
      }
    }
  }
}
