package io.gat.cli.replay;

import io.gat.decide.Reason;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What came of a replay.
 *
 * @param calls how many records there were
 * @param unjudged how many of them gat had no time or no answer for
 * @param changed the calls that are decided otherwise, the most frequent first
 * @param open the calls whose decision may change and hangs on what records lack, the most frequent
 *     first
 */
public record Replayed(long calls, long unjudged, List<Changed> changed, List<Open> open) {
  public Replayed {
    changed = List.copyOf(changed);
    open = List.copyOf(open);
  }

  /**
   * Calls alike.
   *
   * @param method {@code *} for one that has no meaning to anybody
   * @param template the paths' template; empty where there is none
   */
  public record Calls(String service, String method, String template) {
    public Calls {
      Objects.requireNonNull(service);
      Objects.requireNonNull(method);
      Objects.requireNonNull(template);
    }
  }

  /** Calls alike that are decided otherwise. */
  public record Changed(Calls calls, Reason before, Reason after, long count) {
    /** True where they were not let through and are now. */
    public boolean isAllowed() {
      return before != Reason.OK && after == Reason.OK;
    }
  }

  /** Calls alike of which nobody can tell. */
  public record Open(Calls calls, Set<String> lacks, long count) {
    public Open {
      lacks = Set.copyOf(lacks);
    }
  }

  /** True where calls are let through that were not. */
  public boolean allows() {
    return changed.stream().anyMatch(Changed::isAllowed);
  }

  /** How many calls are decided otherwise. */
  public long changedCalls() {
    return changed.stream().mapToLong(Changed::count).sum();
  }

  /** How many calls nobody can tell of. */
  public long openCalls() {
    return open.stream().mapToLong(Open::count).sum();
  }
}
