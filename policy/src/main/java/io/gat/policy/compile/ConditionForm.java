package io.gat.policy.compile;

import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import io.gat.policy.Condition;
import io.gat.policy.evaluate.CombinedCondition;
import io.gat.policy.evaluate.PathTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a condition says at one path template, in a form that is the same however it is laid out,
 * however the parts of its {@code &&} and {@code ||} are ordered, and whatever the template calls
 * its variables. Two conditions of equal form hold alike; two of different forms may, too.
 *
 * @param clauses all of which must hold, each by at least one of its alternatives; none at all
 *     where there is no condition
 * @param fields the fields of the call and the token that it reads, such as {@code token.claims};
 *     {@link #UNKNOWN_FIELDS} alone where nobody can tell
 */
public record ConditionForm(Set<Set<String>> clauses, Set<String> fields) {
  /** Stands for every field, where an expression cannot be taken apart. */
  public static final String UNKNOWN_FIELDS = "*";

  private static final ConditionForm NONE = new ConditionForm(Set.of(), Set.of());

  public ConditionForm {
    clauses = Set.copyOf(clauses);
    fields = Set.copyOf(fields);
  }

  /** The form of no condition, which always holds. */
  public static ConditionForm none() {
    return NONE;
  }

  /** The form of a compiled condition for paths that this template matches. */
  public static ConditionForm of(Condition condition, PathTemplate template) {
    return of(condition, places(template));
  }

  /** True where nothing can fulfil this one that does not fulfil the other. */
  public boolean implies(ConditionForm other) {
    return other.clauses.stream()
        .allMatch(wide -> clauses.stream().anyMatch(narrow -> wide.containsAll(narrow)));
  }

  private static ConditionForm of(Condition condition, Map<String, String> places) {
    if (condition instanceof CombinedCondition combined) {
      List<ConditionForm> parts = combined.parts().stream().map(p -> of(p, places)).toList();
      return switch (combined.needed()) {
        case ALL -> all(parts);
        case ANY -> any(parts);
      };
    }
    return of(condition.source(), places);
  }

  private static ConditionForm of(String source, Map<String, String> places) {
    try {
      CelValidationResult parsed = ConditionLanguage.CEL.parse(source);
      ExpressionForm form = new ExpressionForm(places);
      Set<Set<String>> clauses = form.clauses(parsed.getAst().getExpr());
      return new ConditionForm(clauses, form.fields());
    } catch (CelValidationException | StackOverflowError e) {
      // Not of our compiler's making: equal only to itself, at the same places.
      String whole = "text " + source + " " + places;
      return new ConditionForm(Set.of(Set.of(whole)), Set.of(UNKNOWN_FIELDS));
    }
  }

  private static ConditionForm all(List<ConditionForm> parts) {
    return new ConditionForm(
        parts.stream().flatMap(p -> p.clauses.stream()).collect(Collectors.toSet()), fields(parts));
  }

  private static ConditionForm any(List<ConditionForm> parts) {
    Set<String> alternatives = new TreeSet<>();
    for (ConditionForm part : parts) {
      if (part.clauses.size() == 1) {
        alternatives.addAll(part.clauses.iterator().next());
      } else {
        alternatives.add(ExpressionForm.join("&&", part.clauses));
      }
    }
    return new ConditionForm(Set.of(alternatives), fields(parts));
  }

  private static Set<String> fields(List<ConditionForm> parts) {
    return parts.stream().flatMap(p -> p.fields.stream()).collect(Collectors.toSet());
  }

  /** Where in a path each variable of a template gets its value. */
  private static Map<String, String> places(PathTemplate template) {
    Map<String, String> places = new LinkedHashMap<>();
    for (int i = 0; i < template.parts().size(); i++) {
      switch (template.parts().get(i)) {
        case PathTemplate.Part.Literal literal -> {}
        case PathTemplate.Part.Single single -> places.put(single.name(), "#" + i);
        case PathTemplate.Part.Rest rest -> places.put(rest.name(), "#" + i + "+");
      }
    }
    return places;
  }
}
