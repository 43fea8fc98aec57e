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
import io.gat.policy.parse.ProblemId;
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
      return refuse(ProblemId.CONDITION_TOO_LARGE, node, tooLong.get(), ConditionLanguage.SPLIT);
    }
    try {
      return check(node);
    } catch (CelValidationException e) {
      return refuse(node, e.getErrors());
    } catch (CelEvaluationException e) {
      return refuse(
          ProblemId.CONDITION_TYPE,
          node,
          "the condition cannot be planned",
          "write it in another way");
    } catch (StackOverflowError e) {
      return refuse(
          ProblemId.CONDITION_TOO_LARGE,
          node,
          ConditionLanguage.FAR_TOO_DEEP,
          ConditionLanguage.SPLIT);
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
      ConditionTree.Remark said = fault.get();
      int word = ConditionWords.start(node.text(), said.offset());
      report(problems, said.id(), node, word, said.message(), said.remedy());
      return Optional.empty();
    }
    CelValidationResult checked = checkers.check(tree, shape.functions());
    if (checked.hasError()) {
      return refuse(node, checked.getErrors());
    }
    CelType type = checked.getAst().getResultType();
    if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
      return refuse(
          ProblemId.CONDITION_TYPE,
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
      boolean missing = having == 0;
      Problems to = missing ? problems : warnings;
      ProblemId id = missing ? ProblemId.CONDITION_UNKNOWN_VARIABLE : ProblemId.PARTIAL_VARIABLE;
      String message =
          (missing ? "no path" : "not every path") + " of the rule has the variable `" + name + "`";
      String remedy =
          missing
              ? remedy(name, templates)
              : "on the others the condition is false: give them a rule of their own";
      if (user.equals(compiled.node())) {
        YamlNode.Scalar node = compiled.node();
        int word = ConditionWords.start(node.text(), variable.offset());
        report(to, id, node, word, message, remedy);
      } else {
        to.add(id, user, message, remedy);
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
      int offset = ScalarPlaces.offset(node.text(), issue.getSourceLocation());
      CelMessage said = CelMessage.of(issue.getMessage());
      if (said.id() == ProblemId.CONDITION_TOO_LARGE) {
        return refuse(said.id(), node, said.message(), said.remedy());
      }
      if (said.id() == ProblemId.CONDITION_SYNTAX) {
        // What the parser says after its first surprise is about its own confusion.
        report(problems, said.id(), node, offset, said.message(), said.remedy());
        return Optional.empty();
      }
      int word = ConditionWords.start(node.text(), offset);
      report(problems, said.id(), node, word, said.message(), said.remedy());
    }
    return Optional.empty();
  }

  /** Says something about the word at an offset of the expression. */
  private void report(
      Problems to, ProblemId id, YamlNode.Scalar node, int offset, String message, String remedy) {
    Position at = ScalarPlaces.of(source, node, offset);
    Position end =
        ScalarPlaces.of(source, node, offset + ConditionWords.length(node.text(), offset));
    boolean exact = at.line() == end.line() && end.column() > at.column();
    boolean start = at.equals(node.position());
    int endColumn = exact ? end.column() : start ? node.endColumn() : at.column() + 1;
    to.add(id, at, endColumn, node.path(), message, remedy);
  }

  private <T> Optional<T> refuse(
      ProblemId id, YamlNode.Scalar node, String message, String remedy) {
    problems.add(id, node, message, remedy);
    return Optional.empty();
  }
}
