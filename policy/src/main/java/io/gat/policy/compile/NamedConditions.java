package io.gat.policy.compile;

import io.gat.policy.Condition;
import io.gat.policy.evaluate.CombinedCondition;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The {@code conditions:} of a document, and every {@code when:} of its rules. */
final class NamedConditions {
  /** The keys of a {@code when:} that is a mapping. */
  static final List<String> KEYS = List.of("all", "any");

  private static final String WAYS = "write a CEL text, {all: [NAME, …]} or {any: [NAME, …]}";

  private final ConditionCompiler compiler;
  private final Problems problems;
  private final Map<String, Optional<ConditionCompiler.Compiled>> byName = new LinkedHashMap<>();

  NamedConditions(Section document, ConditionCompiler compiler, Problems problems) {
    this.compiler = compiler;
    this.problems = problems;
    for (YamlNode.Entry entry : document.named("conditions", "NAME: CEL")) {
      byName.put(entry.key(), document.text(entry.value()).flatMap(compiler::compile));
    }
  }

  /**
   * Reads a {@code when:}.
   *
   * @param templates the rule's, whose variables it may read
   */
  Optional<Condition> when(YamlNode node, Set<PathTemplate> templates) {
    return switch (node) {
      case YamlNode.Scalar scalar -> text(scalar, templates);
      case YamlNode.Mapping mapping -> combined(mapping, templates);
      case YamlNode.Sequence list -> {
        problems.add(ProblemId.WRONG_TYPE, list, "must be a text or a mapping, not a list", WAYS);
        yield Optional.empty();
      }
    };
  }

  private Optional<Condition> text(YamlNode.Scalar node, Set<PathTemplate> templates) {
    if (byName.containsKey(node.text())) {
      problems.add(
          ProblemId.CONDITION_SYNTAX,
          node,
          "`" + node.text() + "` is the name of a condition, not CEL",
          "write when: {all: [" + node.text() + "]}");
      return Optional.empty();
    }
    Optional<ConditionCompiler.Compiled> compiled =
        Section.text(node, problems).flatMap(compiler::compile);
    compiled.ifPresent(c -> compiler.bind(c, node, templates));
    return compiled.map(ConditionCompiler.Compiled::condition);
  }

  private Optional<Condition> combined(YamlNode.Mapping mapping, Set<PathTemplate> templates) {
    Section section = new Section(mapping, KEYS, problems);
    if (section.has("all") == section.has("any")) {
      problems.add(
          ProblemId.CONFLICTING_KEYS,
          mapping,
          "must have `all` or `any`, and one of them only",
          WAYS);
      return Optional.empty();
    }
    boolean all = section.has("all");
    List<Condition> parts = new ArrayList<>();
    for (YamlNode.Scalar name : section.texts(all ? "all" : "any")) {
      Optional<ConditionCompiler.Compiled> known = byName.get(name.text());
      if (known == null) {
        problems.add(
            ProblemId.UNKNOWN_REFERENCE,
            name,
            "there is no condition `" + name.text() + "`",
            byName.isEmpty()
                ? "define it in `conditions` of this document"
                : Spelling.remedy(name.text(), byName.keySet()));
        continue;
      }
      known.ifPresent(
          compiled -> {
            compiler.bind(compiled, name, templates);
            parts.add(compiled.condition());
          });
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(all ? CombinedCondition.all(parts) : CombinedCondition.any(parts));
  }
}
