package io.gat.policy.compile;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import io.gat.policy.Condition;
import io.gat.policy.evaluate.CelCondition;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compiles CEL expressions: those of {@code when:} and those with a name of their own. */
final class ConditionCompiler {
  private final Source source;
  private final Checkers checkers;
  private final Problems problems;
  private final Problems warnings;

  ConditionCompiler(Source source, Checkers checkers, Problems problems, Problems warnings) {
    this.source = source;
    this.checkers = checkers;
    this.problems = problems;
    this.warnings = warnings;
  }

  /**
   * An expression, compiled, whose path variables nobody has looked for yet.
   *
   * @param node where it stands
   * @param variables those that it reads, in the order of the text
   */
  record Compiled(
      Condition condition, YamlNode.Scalar node, List<ConditionTree.Variable> variables) {}

  /** Compiles an expression. */
  Optional<Compiled> compile(YamlNode.Scalar node) {
    Optional<String> tooLong =
        ConditionTree.over(
            "characters", node.text().length(), ConditionLanguage.MAX_LENGTH, "the condition");
    if (tooLong.isPresent()) {
      return refuse(node, tooLong.get(), ConditionLanguage.SPLIT);
    }
    try {
      return check(node);
    } catch (CelValidationException e) {
      return refuse(node, e.getErrors());
    } catch (CelEvaluationException e) {
      return refuse(node, "the condition cannot be planned", "write it in another way");
    } catch (StackOverflowError e) {
      return refuse(node, ConditionLanguage.FAR_TOO_DEEP, ConditionLanguage.SPLIT);
    }
  }

  private Optional<Compiled> check(YamlNode.Scalar node)
      throws CelValidationException, CelEvaluationException {
    // Parsed and bounded first: the type checker walks the tree recursively.
    CelValidationResult parsed = ConditionLanguage.CEL.parse(node.text());
    if (parsed.hasError()) {
      return refuse(node, parsed.getErrors());
    }
    CelAbstractSyntaxTree tree = parsed.getAst();
    ConditionTree shape = new ConditionTree(tree);
    Optional<ConditionTree.Remark> fault = shape.fault();
    if (fault.isPresent()) {
      Position at = ScalarPlaces.of(source, node, fault.get().offset());
      problems.add(at, node.path(), fault.get().message(), fault.get().remedy());
      return Optional.empty();
    }
    CelValidationResult checked = checkers.check(tree, shape.functions());
    if (checked.hasError()) {
      return refuse(node, checked.getErrors());
    }
    CelType type = checked.getAst().getResultType();
    if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
      return refuse(
          node,
          "the condition is of type " + type.name() + ", not bool",
          "compare it with something");
    }
    return Optional.of(
        new Compiled(
            new CelCondition(node.text(), ConditionLanguage.CEL.createProgram(checked.getAst())),
            node,
            shape.variables()));
  }

  /**
   * Looks for an expression's path variables in a rule's templates, and says of each once what is
   * missing. Of an expression with a name that is said where the rule uses it: others may have it.
   *
   * @param user where the rule uses it
   */
  void bind(Compiled compiled, YamlNode user, Set<PathTemplate> templates) {
    Set<String> seen = new HashSet<>();
    for (ConditionTree.Variable variable : compiled.variables()) {
      String name = variable.name();
      long having = templates.stream().filter(t -> t.variables().contains(name)).count();
      if (having == templates.size() || !seen.add(name)) {
        continue;
      }
      Position place =
          user.equals(compiled.node())
              ? ScalarPlaces.of(source, compiled.node(), variable.offset())
              : user.position();
      if (having == 0) {
        problems.add(
            place,
            user.path(),
            "no path of the rule has the variable `" + name + "`",
            remedy(name, templates));
      } else {
        warnings.add(
            place,
            user.path(),
            "not every path of the rule has the variable `" + name + "`",
            "on the others the condition is false: give them a rule of their own");
      }
    }
  }

  private static String remedy(String name, Set<PathTemplate> templates) {
    Set<String> known = new TreeSet<>();
    templates.forEach(template -> known.addAll(template.variables()));
    return known.isEmpty() ? "its paths have none" : Spelling.remedy(name, known);
  }

  private <T> Optional<T> refuse(YamlNode.Scalar node, List<CelIssue> issues) {
    for (CelIssue issue : issues) {
      String message = issue.getMessage().lines().findFirst().orElse("").strip();
      if (message.startsWith("Expression recursion limit exceeded")) {
        return refuse(node, ConditionLanguage.FAR_TOO_DEEP, ConditionLanguage.SPLIT);
      }
      int offset = ScalarPlaces.offset(node.text(), issue.getSourceLocation());
      problems.add(
          ScalarPlaces.of(source, node, offset),
          node.path(),
          "not a condition: " + message,
          "see the variables and functions in policy/README.md");
    }
    return Optional.empty();
  }

  private <T> Optional<T> refuse(YamlNode.Scalar node, String message, String remedy) {
    problems.add(node, message, remedy);
    return Optional.empty();
  }
}
