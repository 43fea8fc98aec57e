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
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Optional;

/** Compiles {@code when:} expressions. */
final class ConditionCompiler {
  private final Source source;
  private final Problems problems;
  private final Problems warnings;

  ConditionCompiler(Source source, Problems problems, Problems warnings) {
    this.source = source;
    this.problems = problems;
    this.warnings = warnings;
  }

  /**
   * Compiles an expression.
   *
   * @param templates the rule's templates, whose variables it may read
   */
  Optional<Condition> compile(YamlNode.Scalar node, List<PathTemplate> templates) {
    if (node.text().length() > ConditionLanguage.MAX_LENGTH) {
      return refuse(
          ProblemId.CONDITION_TOO_LARGE,
          node,
          "the condition is longer than 4 KiB",
          "split the rule");
    }
    try {
      return check(node, templates);
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
          "the condition is nested too deep",
          "split the rule");
    }
  }

  private Optional<Condition> check(YamlNode.Scalar node, List<PathTemplate> templates)
      throws CelValidationException, CelEvaluationException {
    // Parsed and bounded first: the type checker walks the tree recursively.
    CelValidationResult parsed = ConditionLanguage.CEL.parse(node.text());
    if (parsed.hasError()) {
      return refuse(node, parsed.getErrors());
    }
    CelAbstractSyntaxTree tree = parsed.getAst();
    ConditionTree shape = new ConditionTree(tree, templates);
    Optional<ConditionTree.Remark> fault = shape.fault();
    if (fault.isPresent()) {
      remark(problems, node, fault.get());
      return Optional.empty();
    }
    shape.doubts().forEach(doubt -> remark(warnings, node, doubt));
    CelValidationResult checked = ConditionLanguage.CEL.check(tree);
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
        new CelCondition(node.text(), ConditionLanguage.CEL.createProgram(checked.getAst())));
  }

  private void remark(Problems to, YamlNode.Scalar node, ConditionTree.Remark remark) {
    report(
        to,
        remark.id(),
        node,
        ConditionWords.start(node.text(), remark.offset()),
        remark.message(),
        remark.remedy());
  }

  private Optional<Condition> refuse(YamlNode.Scalar node, List<CelIssue> issues) {
    for (CelIssue issue : issues) {
      int offset = ScalarPlaces.offset(node.text(), issue.getSourceLocation());
      CelMessage said = CelMessage.of(issue.getMessage());
      if (said.id() == ProblemId.CONDITION_SYNTAX) {
        // What the parser says after its first surprise is about its own confusion.
        report(problems, said.id(), node, offset, said.message(), said.remedy());
        break;
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

  private Optional<Condition> refuse(
      ProblemId id, YamlNode.Scalar node, String message, String remedy) {
    problems.add(id, node, message, remedy);
    return Optional.empty();
  }
}
