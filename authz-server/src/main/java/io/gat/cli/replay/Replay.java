package io.gat.cli.replay;

import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.policy.Service;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.verify.diff.Forms;
import io.gat.policy.verify.diff.Sameness;
import java.io.InputStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** Decides every recorded call by an old and a new policy set, and counts what differs. */
public final class Replay {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");
  private static final String ANY = "*";

  /** How often progress is told: several times a second. */
  static final int STRIDE = 10_000;

  private final CompiledPolicy before;
  private final CompiledPolicy after;
  private final Forms forms = new Forms();
  private final Sameness sameness = new Sameness(forms);
  private final Set<String> methods = new TreeSet<>(METHODS);
  private final Map<Change, Long> changed = new HashMap<>();
  private final Map<Doubt, Long> open = new HashMap<>();
  private long calls;
  private long unjudged;

  private Replay(CompiledPolicy before, CompiledPolicy after) {
    this.before = before;
    this.after = after;
    for (CompiledPolicy policy : List.of(before, after)) {
      policy
          .services()
          .forEach(
              s ->
                  policy
                      .rules(s.name())
                      .orElseThrow()
                      .rules()
                      .forEach(r -> methods.addAll(r.rule().methods())));
    }
  }

  private record Change(Replayed.Calls calls, Reason before, Reason after) {}

  private record Doubt(Replayed.Calls calls, Set<String> lacks) {}

  /**
   * Replays all records of an input.
   *
   * @param name what the input is called in messages
   * @param progress is told how many calls are replayed, each {@value #STRIDE}
   * @throws io.gat.cli.UnusableInput where a line is no record
   */
  public static Replayed of(
      CompiledPolicy before,
      CompiledPolicy after,
      String name,
      InputStream in,
      LongConsumer progress) {
    Replay replay = new Replay(before, after);
    RecordLines lines = new RecordLines(name, in);
    for (Optional<DecisionRecord> r = lines.read(); r.isPresent(); r = lines.read()) {
      replay.replay(r.get());
      if (replay.calls % STRIDE == 0) {
        progress.accept(replay.calls);
      }
    }
    return replay.result();
  }

  private Replayed result() {
    return new Replayed(
        calls,
        unjudged,
        changed.entrySet().stream()
            .map(
                e ->
                    new Replayed.Changed(
                        e.getKey().calls, e.getKey().before, e.getKey().after, e.getValue()))
            .sorted(
                Comparator.comparingLong(Replayed.Changed::count)
                    .reversed()
                    .thenComparing(Object::toString))
            .toList(),
        open.entrySet().stream()
            .map(e -> new Replayed.Open(e.getKey().calls, e.getKey().lacks, e.getValue()))
            .sorted(
                Comparator.comparingLong(Replayed.Open::count)
                    .reversed()
                    .thenComparing(Object::toString))
            .toList());
  }

  private void replay(DecisionRecord record) {
    calls++;
    if (record.reason() == Reason.OVERLOADED || record.reason() == Reason.INTERNAL_ERROR) {
      unjudged++;
      return;
    }
    RecordedCall call = new RecordedCall(record);
    if (call.isCut()) {
      doubt(new Replayed.Calls(record.service(), method(record), ""), Set.of("the whole request"));
      return;
    }
    String pin = pin(call);
    Spot old = Spot.find(before, call, pin);
    Spot now = Spot.find(after, call, pin);
    if (isProvedSame(old, now)) {
      return;
    }
    Optional<Service> recorded = before.service(record.service()).or(() -> service(old));
    boolean decidedByOld = record.policy().equals(before.hash());
    Hints hints = decidedByOld ? Hints.of(forms, record, old) : Hints.none(forms);
    Redecider redecider = new Redecider(forms, call, hints, recorded);
    Outcome was = decide(redecider, record, old, old);
    if (decidedByOld) {
      if (contradicts(record, old, was)) {
        // The same set decided otherwise: by a pin, or whatever else records do not have.
        doubt(calls(record, old, now), Set.of("what led to " + record.reason().code()));
        return;
      }
      was = new Outcome.Settled(record.reason());
    }
    Outcome is = decide(redecider, record, old, now);
    count(calls(record, old, now), was, is);
  }

  /** True where a set cannot have decided so by what its decision's record tells. */
  private static boolean contradicts(DecisionRecord record, Spot spot, Outcome again) {
    return switch (again) {
      case Outcome.Settled settled -> settled.reason() != record.reason();
      case Outcome.Open open ->
          record.reason() == Reason.NO_SERVICE
              || (record.reason() == Reason.NO_RULE
                  && spot instanceof Spot.Inside inside
                  && inside.standing().allowance().isPresent());
    };
  }

  /** What made a request unclear that is clear by path and method no policy changes. */
  private static Outcome decide(Redecider redecider, DecisionRecord record, Spot old, Spot spot) {
    return record.reason() == Reason.AMBIGUOUS_REQUEST && !(old instanceof Spot.Unclear)
        ? new Outcome.Settled(Reason.AMBIGUOUS_REQUEST)
        : redecider.decide(spot);
  }

  private void count(Replayed.Calls alike, Outcome was, Outcome is) {
    Set<String> lacks = new TreeSet<>();
    if (was instanceof Outcome.Open o) {
      lacks.addAll(o.lacks());
    }
    if (is instanceof Outcome.Open o) {
      lacks.addAll(o.lacks());
    }
    if (was instanceof Outcome.Settled w && is instanceof Outcome.Settled i) {
      if (w.reason() != i.reason()) {
        changed.merge(new Change(alike, w.reason(), i.reason()), 1L, Long::sum);
      }
    } else {
      doubt(alike, lacks);
    }
  }

  private void doubt(Replayed.Calls alike, Set<String> lacks) {
    open.merge(new Doubt(alike, lacks), 1L, Long::sum);
  }

  /**
   * The service that only a pin can have led to: a context extension or a server's own
   * configuration, which records do not have.
   */
  private String pin(RecordedCall call) {
    String recorded = call.record().service();
    return recorded.isEmpty() || service(Spot.find(before, call, "")).isPresent() ? "" : recorded;
  }

  private static Optional<Service> service(Spot spot) {
    return spot instanceof Spot.Inside inside ? Optional.of(inside.service()) : Optional.empty();
  }

  private boolean isProvedSame(Spot old, Spot now) {
    return old instanceof Spot.Inside was
        && now instanceof Spot.Inside is
        && was.service().credential() == is.service().credential()
        && Set.copyOf(was.service().audiences()).equals(Set.copyOf(is.service().audiences()))
        && sameness.isProved(was.standing(), is.standing());
  }

  private Replayed.Calls calls(DecisionRecord record, Spot old, Spot now) {
    String service =
        service(now).or(() -> service(old)).map(Service::name).orElse(record.service());
    String template = template(now).or(() -> template(old)).map(PathTemplate::text).orElse("");
    return new Replayed.Calls(service, method(record), template);
  }

  private static Optional<PathTemplate> template(Spot spot) {
    return spot instanceof Spot.Inside inside ? inside.template() : Optional.empty();
  }

  /** A caller may send any text as its method: those that mean nothing are one. */
  private String method(DecisionRecord record) {
    return methods.contains(record.method()) ? record.method() : ANY;
  }
}
