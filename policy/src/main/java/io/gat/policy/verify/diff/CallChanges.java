package io.gat.policy.verify.diff;

import io.gat.policy.evaluate.PathTemplate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds which calls to one service mean something else in another version of it. */
final class CallChanges {
  /** The most states of a walk: some seconds' work. More have policies that nobody can overlook. */
  private static final int MAX_STATES = 100_000;

  private static final Comparator<Change.OfCalls> ORDER =
      Comparator.comparing(Change.OfCalls::kind)
          .thenComparing(Change.OfCalls::template)
          .thenComparing(calls -> calls.methods().toString());

  private static final List<Difference> UNKNOWN =
      List.of(
          new Difference(
              "rules",
              Relation.OTHER,
              "unknown",
              "unknown: too many templates overlap to compare them all"));

  private final ServiceVersion before;
  private final ServiceVersion after;
  private final String service;
  private final Set<String> methods;
  private final String otherMethod;
  private final Forms forms = new Forms();
  private final Comparison comparison = new Comparison(forms);

  CallChanges(String service, ServiceVersion before, ServiceVersion after) {
    this.service = service;
    this.before = before;
    this.after = after;
    this.methods = new TreeSet<>(before.methods());
    this.methods.addAll(after.methods());
    this.otherMethod = stranger(methods);
  }

  /** What changed, what opens first. */
  List<Change> find() {
    Set<Change.OfCalls> found = new LinkedHashSet<>();
    PathCells.Extent extent =
        new PathCells(before.rules(), after.rules(), forms, MAX_STATES)
            .tell(segments -> found.addAll(at(segments)));
    List<Change> changes = new ArrayList<>(found.stream().sorted(ORDER).toList());
    switch (extent) {
      case ALL_TOLD -> {}
      case TOO_MANY -> changes.add(new Change.OfService(Change.Kind.CHANGED, service, UNKNOWN));
    }
    return changes;
  }

  /** A change without its methods. */
  private record Row(
      Change.Kind kind,
      String template,
      Change.Side before,
      Change.Side after,
      List<Difference> differences) {}

  private List<Change.OfCalls> at(List<String> segments) {
    Map<Row, Set<String>> rows = new LinkedHashMap<>();
    for (String method : methods) {
      row(segments, method)
          .ifPresent(row -> rows.computeIfAbsent(row, r -> new TreeSet<>()).add(method));
    }
    Optional<Row> others = row(segments, otherMethod);
    others.ifPresent(row -> rows.computeIfAbsent(row, r -> new TreeSet<>()));
    List<Change.OfCalls> changes = new ArrayList<>();
    rows.forEach(
        (row, named) ->
            changes.add(
                new Change.OfCalls(
                    row.kind,
                    service,
                    row.template,
                    others.filter(row::equals).isPresent() ? allBut(named) : these(named),
                    row.before,
                    row.after,
                    row.differences)));
    return changes;
  }

  private static Methods these(Set<String> named) {
    return new Methods(named, Methods.Sense.THESE);
  }

  private Methods allBut(Set<String> named) {
    Set<String> rest = new TreeSet<>(methods);
    rest.removeAll(named);
    return new Methods(rest, Methods.Sense.ALL_OTHERS);
  }

  private Optional<Row> row(List<String> segments, String method) {
    Access old = Access.of(before.rules(), segments, method);
    Access now = Access.of(after.rules(), segments, method);
    return comparison
        .compare(old, now)
        .map(
            finding ->
                new Row(
                    finding.kind(),
                    Labels.common(templates(finding, old, now)),
                    before.side(old),
                    after.side(now),
                    finding.differences()));
  }

  /** The templates that a change hangs on: the new version's first, for its names. */
  private static List<PathTemplate> templates(Comparison.Finding finding, Access old, Access now) {
    List<PathTemplate> templates = new ArrayList<>(now.templates());
    templates.addAll(old.templates());
    if (finding.differences().stream().anyMatch(d -> d.what().equals(Comparison.DENY))) {
      for (Access access : List.of(now, old)) {
        if (access instanceof Access.Way way) {
          way.exceptions().forEach(exception -> templates.add(exception.template()));
        }
      }
    }
    return templates;
  }

  /** A method that no rule names. */
  private static String stranger(Set<String> methods) {
    String name = "OTHER";
    while (methods.contains(name)) {
      name += "-X";
    }
    return name;
  }
}
