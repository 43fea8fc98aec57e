package io.gat.policy.migrate;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.migrate.RuleCells.CellRule;
import io.gat.policy.migrate.RuleCells.Effect;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a service as a document that compiles. */
final class ServiceWriter {
  private static final Pattern RULE = Pattern.compile("rules\\[(\\d+)].*");
  private static final int MOST_LABELS = 6;
  private static final CellRule NOTHING =
      new CellRule(new Effect.Closed(), List.of(), List.of(PathPattern.EVERY), List.of());

  private final ServiceDraft draft;
  private final String name;
  private final List<String> audiences;
  private final Remarks remarks;

  /**
   * Writes one service.
   *
   * @param name unique
   * @param audiences at least one
   */
  ServiceWriter(ServiceDraft draft, String name, List<String> audiences, Remarks remarks) {
    this.draft = draft;
    this.name = name;
    this.audiences = audiences;
    this.remarks = remarks;
  }

  String write() {
    List<CellRule> rules = new ArrayList<>(rules());
    if (rules.isEmpty()) {
      rules.add(NOTHING);
    }
    for (int attempt = 0; ; attempt++) {
      String text = document(rules);
      switch (PolicyCompiler.compile(List.of(new Source(name, text)))) {
        case PolicyCompiler.Compiled compiled -> {
          tellAboutTokens(rules);
          return text;
        }
        case PolicyCompiler.Refused refused -> {
          if (attempt > rules.size() || !close(rules, refused.problems())) {
            throw new IllegalStateException("the import does not compile: " + refused.problems());
          }
        }
      }
    }
  }

  private List<CellRule> rules() {
    Optional<List<CellRule>> rules = RuleCells.of(draft, remarks);
    if (rules.isEmpty()) {
      remarks.add(
          draft.node(),
          Remark.Kind.LEFT_OUT,
          "its paths overlap in too many ways to write them as templates",
          "write the rules of `" + name + "` by hand");
    }
    return rules.orElse(List.of());
  }

  /** Makes a rule that gat does not take one that allows nothing, so that it keeps its paths. */
  private boolean close(List<CellRule> rules, List<Problem> problems) {
    boolean closed = false;
    for (Problem problem : problems) {
      Matcher matcher = RULE.matcher(problem.path());
      if (!matcher.matches()) {
        continue;
      }
      int index = Integer.parseInt(matcher.group(1));
      CellRule rule = rules.get(index);
      Effect never = new Effect.Guarded(Formula.FALSE);
      if (rule.effect() instanceof Effect.Guarded && !rule.effect().equals(never)) {
        rules.set(index, new CellRule(never, rule.methods(), rule.paths(), rule.labels()));
        remarks.add(
            draft.node(),
            Remark.Kind.LEFT_OUT,
            "the condition for "
                + rule.paths().getFirst().template()
                + " is more than gat takes: "
                + problem.message(),
            "write it by hand as several rules, in place of the one with `when: false`");
        closed = true;
      }
    }
    return closed;
  }

  private String document(List<CellRule> rules) {
    StringBuilder out = new StringBuilder("version: gat/v1\n");
    out.append("service: ").append(quoted(name)).append('\n');
    if (!draft.hosts().isEmpty()) {
      out.append("hosts: ").append(list(draft.hosts())).append('\n');
    }
    out.append("audience: ");
    out.append(audiences.size() == 1 ? quoted(audiences.getFirst()) : list(audiences));
    out.append("\nrules:\n");
    Set<String> names = new HashSet<>();
    for (CellRule rule : rules) {
      rule(rule, unique(base(rule), names), out);
    }
    return out.toString();
  }

  private void rule(CellRule rule, String ruleName, StringBuilder out) {
    if (!rule.labels().isEmpty()) {
      int shown = Math.min(MOST_LABELS, rule.labels().size());
      out.append("  # from ").append(String.join(", ", rule.labels().subList(0, shown)));
      int more = rule.labels().size() - shown;
      out.append(more == 0 ? "\n" : " and " + more + " more\n");
    }
    out.append("  - name: ").append(quoted(ruleName)).append('\n');
    if (!rule.methods().isEmpty()) {
      line("methods", list(rule.methods()), out);
    }
    line("paths", list(rule.paths().stream().map(PathPattern::template).toList()), out);
    switch (rule.effect()) {
      case Effect.Closed closed -> line("deny", "true", out);
      case Effect.Guarded guard when isPublic(guard) -> line("public", "true", out);
      case Effect.Guarded guard -> guards(Formula.all(draft.always(), guard.condition()), out);
    }
    out.append('\n');
  }

  private boolean isPublic(Effect.Guarded guard) {
    return guard.condition().equals(Formula.TRUE)
        && draft.openness() == ServiceDraft.Openness.PUBLIC_RULES;
  }

  /** Scopes as scopes, as far as a rule can say them so; the rest as a condition. */
  private static void guards(Formula condition, StringBuilder out) {
    List<Formula> parts = condition instanceof Formula.All all ? all.of() : List.of(condition);
    List<String> scopes = new ArrayList<>();
    List<String> anyScope = new ArrayList<>();
    List<Formula> rest = new ArrayList<>();
    for (Formula part : parts) {
      if (part instanceof Formula.Scope(String scope)) {
        scopes.add(scope);
      } else if (anyScope.isEmpty()
          && part instanceof Formula.Any(List<Formula> of)
          && of.stream().allMatch(Formula.Scope.class::isInstance)) {
        of.forEach(scope -> anyScope.add(((Formula.Scope) scope).name()));
      } else {
        rest.add(part);
      }
    }
    if (!scopes.isEmpty()) {
      line("scopes", list(scopes), out);
    }
    if (!anyScope.isEmpty()) {
      line("any-scope", list(anyScope), out);
    }
    Formula when = Formula.all(rest);
    if (!when.equals(Formula.TRUE)) {
      line("when", broken(quoted(Cel.expression(when))), out);
    }
  }

  // The formatter fills lines with a text that has more than one, if it is too long for one.
  private static String broken(String quoted) {
    Matcher space = Pattern.compile("(?<! ) (?! )").matcher(quoted);
    return space.find() ? space.replaceFirst("\n      ") : quoted;
  }

  private void tellAboutTokens(List<CellRule> rules) {
    Set<String> names = new HashSet<>();
    for (CellRule rule : rules) {
      String ruleName = unique(base(rule), names);
      if (rule.effect() instanceof Effect.Guarded guard
          && !isPublic(guard)
          && !Formula.withoutToken(guard.condition()).equals(Formula.FALSE)) {
        remarks.add(
            draft.node(),
            Remark.Kind.NARROWER,
            "the rule `"
                + ruleName
                + "` of `"
                + name
                + "` asks for a token, which the source doesn't",
            guard.condition().equals(Formula.TRUE)
                ? "make it `public: true` by hand if a bad token may be overlooked there"
                : "gat lets nobody pass without a token where there is a condition");
      }
    }
  }

  private static String base(CellRule rule) {
    String base =
        switch (rule.effect()) {
          case Effect.Closed closed when rule.labels().isEmpty() -> "not-allowed";
          case Effect.Guarded guard when guard.condition().equals(Formula.FALSE) -> "not-allowed";
          default -> rule.labels().isEmpty() ? "rule" : rule.labels().getFirst();
        };
    return usable(base);
  }

  /** A name that gat takes. */
  static String usable(String text) {
    String usable = text.replaceAll("[^A-Za-z0-9._:/-]+", "-").replaceAll("^[^A-Za-z0-9]+|-+$", "");
    return usable.isEmpty() ? "unnamed" : usable.substring(0, Math.min(100, usable.length()));
  }

  /** The name, with a number where it is taken. */
  static String unique(String name, Set<String> taken) {
    String unique = name;
    for (int i = 2; !taken.add(unique); i++) {
      unique = name + "-" + i;
    }
    return unique;
  }

  private static void line(String key, String value, StringBuilder out) {
    out.append("    ").append(key).append(": ").append(value).append('\n');
  }

  private static String list(List<String> texts) {
    return texts.stream().map(ServiceWriter::quoted).toList().toString();
  }

  // The formatter takes quotes away where they are not needed.
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
