package io.gat.policy.compile;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.gat.policy.Condition;
import io.gat.policy.evaluate.CelCondition;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compiles {@code when:} expressions against the types of all that they may read. cel-java cannot
 * estimate a cost, so size, nesting and iterations are bounded instead.
 */
final class CelConditions {
  private static final int MAX_CHARACTERS = 4_096;
  private static final int MAX_NODES = 500;
  private static final int MAX_NESTING = 30;
  private static final int MAX_ITERATIONS = 1_000;
  private static final int MAX_REGEX_SIZE = 1_000;

  private static final CelType TEXTS = ListType.create(SimpleType.STRING);
  private static final Map<String, CelType> VARIABLES =
      Map.ofEntries(
          Map.entry("token.issuer", SimpleType.STRING),
          Map.entry("token.subject", SimpleType.STRING),
          Map.entry("token.client", SimpleType.STRING),
          Map.entry("token.audiences", TEXTS),
          Map.entry("token.scopes", TEXTS),
          Map.entry("token.claims", MapType.create(SimpleType.STRING, SimpleType.DYN)),
          Map.entry("token.issued_at", SimpleType.TIMESTAMP),
          Map.entry("token.expires_at", SimpleType.TIMESTAMP),
          Map.entry("request.method", SimpleType.STRING),
          Map.entry("request.host", SimpleType.STRING),
          Map.entry("request.path", SimpleType.STRING),
          Map.entry("request.query", MapType.create(SimpleType.STRING, TEXTS)),
          Map.entry("request.headers", MapType.create(SimpleType.STRING, SimpleType.STRING)),
          Map.entry("request.extensions", MapType.create(SimpleType.STRING, SimpleType.STRING)),
          Map.entry("source.principal", SimpleType.STRING),
          Map.entry("source.address", SimpleType.STRING),
          Map.entry("destination.principal", SimpleType.STRING),
          Map.entry("now", SimpleType.TIMESTAMP));

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MAX_CHARACTERS)
          .maxParseRecursionDepth(MAX_NESTING)
          .maxParseExpressionNodeCount(MAX_NODES)
          .comprehensionMaxIterations(MAX_ITERATIONS)
          .maxRegexProgramSize(MAX_REGEX_SIZE)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private final CelRuntime runtime =
      CelRuntimeFactory.plannerRuntimeBuilder()
          .setOptions(OPTIONS)
          .addLibraries(CelExtensions.strings())
          .build();

  /** Compilers by the path variables that they know: most rules share one. */
  private final Map<Set<String>, CelCompiler> compilers = new HashMap<>();

  /**
   * Compiles one expression.
   *
   * @param variables the path variables of the rule's templates
   * @param problems where to note what is wrong
   */
  Optional<Condition> compile(YamlNode.Scalar when, Set<String> variables, List<Problem> problems) {
    CelValidationResult result = compiler(variables).compile(when.text());
    if (result.hasError()) {
      for (CelIssue issue : result.getErrors()) {
        problems.add(
            new Problem(
                position(when, issue), when.path(), message(issue), remedy(issue, variables)));
      }
      return Optional.empty();
    }
    try {
      CelAbstractSyntaxTree tree = result.getAst();
      CelType type = tree.getResultType();
      if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
        problems.add(
            new Problem(
                when.position(),
                when.path(),
                "the expression gives " + type.name() + ", not true or false",
                "compare it with something"));
        return Optional.empty();
      }
      return Optional.of(new CelCondition(when.text(), runtime.createProgram(tree)));
    } catch (CelValidationException | CelEvaluationException e) {
      problems.add(
          new Problem(when.position(), when.path(), "not a CEL expression: " + firstLine(e), ""));
      return Optional.empty();
    }
  }

  private CelCompiler compiler(Set<String> variables) {
    return compilers.computeIfAbsent(
        Set.copyOf(variables),
        names -> {
          CelCompilerBuilder builder =
              CelCompilerFactory.standardCelCompilerBuilder()
                  .setOptions(OPTIONS)
                  .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                  .addLibraries(CelExtensions.strings());
          VARIABLES.forEach(builder::addVar);
          names.forEach(name -> builder.addVar(CelCondition.PATH + name, SimpleType.STRING));
          return builder.build();
        });
  }

  private static String message(CelIssue issue) {
    return issue.getMessage().lines().findFirst().orElse("not a CEL expression").strip();
  }

  private static String remedy(CelIssue issue, Set<String> variables) {
    if (!issue.getMessage().startsWith("undeclared reference")) {
      return "";
    }
    Set<String> known = new TreeSet<>(VARIABLES.keySet());
    variables.forEach(v -> known.add(CelCondition.PATH + v));
    return "an expression may read " + String.join(", ", known);
  }

  /** Where in the file: exact for an expression that stands on one line. */
  private static Position position(YamlNode.Scalar when, CelIssue issue) {
    Position start = when.position();
    int column = Math.max(0, issue.getSourceLocation().getColumn());
    boolean firstLine = issue.getSourceLocation().getLine() <= 1 && !when.text().contains("\n");
    return firstLine
        ? new Position(start.file(), start.line(), start.column() + when.quoteWidth() + column)
        : start;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
