package io.gat.cli;

import io.gat.policy.parse.Position;
import io.gat.policy.verify.diff.Change;
import io.gat.policy.verify.diff.Difference;
import io.gat.policy.verify.diff.Methods;
import io.gat.policy.verify.diff.PolicyDiff;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A {@link PolicyDiff} as text for a person, such as a comment at a pull request. */
final class DiffText {
  private final StringBuilder text = new StringBuilder();

  /** Changes that differ only in their templates are one entry. */
  private record Entry(
      Change.Kind kind,
      Methods methods,
      Change.Side before,
      Change.Side after,
      List<Difference> differences) {}

  String of(PolicyDiff diff) {
    Map<String, List<Change>> sections = new LinkedHashMap<>();
    for (Change change : diff.changes()) {
      sections.computeIfAbsent(title(change), t -> new ArrayList<>()).add(change);
    }
    sections.forEach(this::section);
    text.append(summary(diff)).append('\n');
    return text.toString();
  }

  private static String title(Change change) {
    return switch (change) {
      case Change.OfCalls calls -> "service " + calls.service();
      case Change.OfService service -> "service " + service.service();
      case Change.OfTokens tokens -> "tokens";
    };
  }

  private void section(String title, List<Change> changes) {
    text.append(title).append('\n');
    Map<Entry, List<String>> entries = new LinkedHashMap<>();
    for (Change change : changes) {
      switch (change) {
        case Change.OfService service -> {
          field(word(service.kind()), "as a whole");
          differences(service.differences());
        }
        case Change.OfTokens tokens -> {
          field(word(tokens.kind()), tokens.principal() + " for " + tokens.audience());
          differences(tokens.differences());
        }
        case Change.OfCalls calls ->
            entries
                .computeIfAbsent(
                    new Entry(
                        calls.kind(),
                        calls.methods(),
                        calls.before(),
                        calls.after(),
                        calls.differences()),
                    e -> new ArrayList<>())
                .add(calls.template());
      }
    }
    entries.forEach(this::entry);
    text.append('\n');
  }

  private void entry(Entry entry, List<String> templates) {
    String methods = entry.methods + " ";
    field(word(entry.kind), methods + templates.getFirst());
    templates.stream().skip(1).forEach(t -> field("", " ".repeat(methods.length()) + t));
    field("", side(entry.before) + " -> " + side(entry.after));
    switch (entry.kind) {
      // What differs says it all.
      case WEAKENED, CHANGED, TIGHTENED -> {}
      case OPENED, PUBLIC, CLOSED -> entry.after.asks().forEach(a -> field("", "takes " + a));
    }
    differences(entry.differences);
  }

  private void differences(List<Difference> differences) {
    differences.forEach(d -> field("", d.what() + ": " + d.before() + " -> " + d.after()));
  }

  private void field(String first, String rest) {
    text.append(String.format(Locale.ROOT, "  %-10s%s\n", first, printable(rest)));
  }

  private static String side(Change.Side side) {
    return switch (side.answer()) {
          case NO_SERVICE -> "no service";
          case NO_RULE -> "no rule";
          case DENIED -> "denied";
          case TOKEN -> "token";
          case PUBLIC -> "public";
        }
        + side.rule().map(DiffText::rule).orElse("");
  }

  private static String rule(Change.RuleAt rule) {
    return " by `" + rule.name() + "`" + rule.position().map(DiffText::place).orElse("");
  }

  private static String place(Position position) {
    return " (" + position.file() + ":" + position.line() + ")";
  }

  private static String summary(PolicyDiff diff) {
    if (diff.changes().isEmpty()) {
      return "nothing changes in meaning";
    }
    Map<Change.Kind, Long> kinds =
        diff.changes().stream()
            .collect(Collectors.groupingBy(Change::kind, TreeMap::new, Collectors.counting()));
    return kinds.entrySet().stream()
            .map(e -> e.getValue() + " " + word(e.getKey()))
            .collect(Collectors.joining(", "))
        + (diff.opens() ? ": something opens" : ": nothing opens");
  }

  private static String word(Change.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** A condition may have many lines, and a name whatever steers a terminal. */
  static String printable(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
  }
}
