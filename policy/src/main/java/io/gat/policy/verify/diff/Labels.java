package io.gat.policy.verify.diff;

import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.PathTemplate.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names the paths that several templates match. */
final class Labels {
  private Labels() {}

  /**
   * The template for exactly those paths that all of some templates match.
   *
   * @param templates at least one, which have a path in common
   */
  static String common(List<PathTemplate> templates) {
    StringBuilder text = new StringBuilder();
    Set<String> names = new HashSet<>();
    int length = templates.stream().mapToInt(Labels::fixed).max().orElseThrow();
    for (int i = 0; i < length; i++) {
      text.append('/').append(segment(templates, i, names));
    }
    if (templates.stream().allMatch(t -> rest(t).isPresent())) {
      String name = rest(templates.getFirst()).orElseThrow().name();
      text.append("/{").append(unique(name, names)).append("=**}");
    }
    return text.toString();
  }

  /** Templates may call different places alike; one template does not. */
  private static String unique(String name, Set<String> taken) {
    String own = name;
    for (int n = 2; !taken.add(own); n++) {
      own = name + n;
    }
    return own;
  }

  /** How many segments every path of a template has at least. */
  private static int fixed(PathTemplate template) {
    return template.parts().size() - (rest(template).isPresent() ? 1 : 0);
  }

  private static Optional<Part.Rest> rest(PathTemplate template) {
    return template.parts().getLast() instanceof Part.Rest rest
        ? Optional.of(rest)
        : Optional.empty();
  }

  private static String segment(List<PathTemplate> templates, int at, Set<String> names) {
    String variable = "";
    for (PathTemplate template : templates) {
      if (at < fixed(template)) {
        switch (template.parts().get(at)) {
          case Part.Literal literal -> {
            return literal.text();
          }
          case Part.Single single -> variable = variable.isEmpty() ? single.name() : variable;
          case Part.Rest rest -> {}
        }
      }
    }
    return "{" + unique(variable, names) + "}";
  }
}
