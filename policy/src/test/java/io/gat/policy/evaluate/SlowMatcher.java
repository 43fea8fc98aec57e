package io.gat.policy.evaluate;

import io.gat.policy.Rule;
import io.gat.policy.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules' meaning written down a second time, slow and obvious: every template is a regular
 * expression, every rule is tried, and the most specific one is found by sorting. It shares no code
 * with the trie and reads the templates' texts itself.
 */
public final class SlowMatcher {
  private final List<Rule> rules;
  private final boolean ignoresCase;

  public SlowMatcher(List<Rule> rules, boolean ignoresCase) {
    this.rules = rules;
    this.ignoresCase = ignoresCase;
  }

  /** A rule by one of its templates, with the values of its variables. */
  public record Hit(Rule rule, String template, String rank, Map<String, String> values) {}

  String answer(String method, String path) {
    return decisive(method, path, rule -> true)
        .map(
            hit ->
                switch (hit.rule().effect()) {
                  case Rule.Effect.Closed closed -> "deny " + hit.rule().name();
                  case Rule.Effect.Open open -> "open " + hit.rule().name();
                  case Rule.Effect.Guarded guarded ->
                      "guarded " + hit.rule().name() + " " + hit.values();
                })
        .orElse("none");
  }

  /**
   * The rule that a call comes to, if any.
   *
   * @param counts whether a deny rule's circumstances apply
   */
  public Optional<Hit> decisive(String method, String path, Predicate<Rule> counts) {
    List<Hit> hits = new ArrayList<>();
    for (Rule rule : rules) {
      for (String template : rule.paths()) {
        Matcher matcher = pattern(template).matcher(path);
        if (matcher.matches()) {
          Map<String, String> values = new TreeMap<>();
          for (String name : matcher.namedGroups().keySet()) {
            String value = matcher.group(name);
            values.put(name, value == null ? "" : value);
          }
          hits.add(new Hit(rule, template, rank(template), values));
        }
      }
    }
    hits.sort(Comparator.comparing(Hit::rank).thenComparing(hit -> hit.rule().name()));
    for (Hit hit : hits) {
      if (isDeny(hit) && names(hit.rule(), method) && counts.test(hit.rule())) {
        return Optional.of(hit);
      }
    }
    for (Hit hit : hits) {
      if (hit.rank().equals(hits.getFirst().rank()) && !isDeny(hit) && names(hit.rule(), method)) {
        return Optional.of(hit);
      }
    }
    return Optional.empty();
  }

  private static boolean isDeny(Hit hit) {
    return hit.rule().effect() instanceof Rule.Effect.Closed;
  }

  static String answer(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Ambiguous ambiguous -> "ambiguous " + ambiguous.why();
      case Verdict.NoService none -> "no service";
      case Verdict.NoRule none -> "none";
      case Verdict.DeniedByRule denied -> "deny " + denied.rule().name();
      case Verdict.Open open -> "open " + open.rule().name();
      case Verdict.Guarded guarded ->
          "guarded " + guarded.rule().name() + " " + new TreeMap<>(guarded.path());
    };
  }

  private static boolean names(Rule rule, String method) {
    return rule.methods().isEmpty() || rule.methods().contains(method);
  }

  /** True where a path is one of a template's. */
  public boolean matches(String template, String path) {
    return pattern(template).matcher(path).matches();
  }

  private Pattern pattern(String template) {
    StringBuilder regex = new StringBuilder();
    for (String segment : template.substring(1).split("/", -1)) {
      if (segment.endsWith("=**}")) {
        regex.append("(?:/(?<").append(segment, 1, segment.length() - 4).append(">.*))?");
      } else if (segment.startsWith("{")) {
        regex.append("/(?<").append(segment, 1, segment.length() - 1).append(">[^/]+)");
      } else {
        regex.append('/').append(Pattern.quote(segment));
      }
    }
    return Pattern.compile(
        regex.toString(),
        Pattern.DOTALL | (ignoresCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0));
  }

  // One letter a segment, so that sorting texts compares segments from the left: a literal before
  // {x} before {x=**}. The end of a template comes before {x=**} too.
  private static String rank(String template) {
    StringBuilder rank = new StringBuilder();
    for (String segment : template.substring(1).split("/", -1)) {
      rank.append(segment.endsWith("=**}") ? 'c' : segment.startsWith("{") ? 'b' : 'a');
    }
    return rank.toString();
  }
}
