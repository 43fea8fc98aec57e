package io.gat.policy.compile;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.parser.CelStandardMacro;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a condition may say: its variables, functions and limits. */
final class ConditionLanguage {
  /** The longest expression, in characters. */
  static final int MAX_LENGTH = 4096;

  /** The most nodes of an expression, macros expanded. */
  static final int MAX_NODES = 500;

  /** The deepest nesting of an expression, macros expanded. */
  static final int MAX_DEPTH = 30;

  /** The most loops (macros such as {@code all} and {@code map}) in each other. */
  static final int MAX_LOOPS = 3;

  /**
   * The most rounds that all loops of an expression make together in one evaluation. Those over
   * lists of the expression itself are counted when it is compiled, the others as they run.
   */
  static final int MAX_ITERATIONS = 1000;

  /** The most instructions of a pattern, as RE2 compiles it. */
  static final int MAX_REGEX_PROGRAM = 2000;

  /** What to do with an expression over budget. */
  static final String SPLIT = "take it apart with `conditions` and when: {all: [NAME, …]}";

  private static final int MAX_PARSER_DEPTH = 250;

  /** What is said of an expression that cannot even be parsed to count its levels. */
  static final String FAR_TOO_DEEP =
      "the condition has more than " + MAX_PARSER_DEPTH + " levels, its budget is " + MAX_DEPTH;

  private static final MapType TEXTS = MapType.create(SimpleType.STRING, SimpleType.STRING);
  private static final ListType LIST = ListType.create(SimpleType.STRING);

  /**
   * The variables by their names; those with a dot are the fields of {@code token} and {@code
   * request}. {@code io.gat.policy.evaluate} says why each is a variable of its own.
   */
  private static final ImmutableMap<String, CelType> VARIABLES =
      ImmutableMap.<String, CelType>builder()
          .put("token.issuer", SimpleType.STRING)
          .put("token.subject", SimpleType.STRING)
          .put("token.client", SimpleType.STRING)
          .put("token.audiences", LIST)
          .put("token.scopes", LIST)
          .put("token.claims", MapType.create(SimpleType.STRING, SimpleType.DYN))
          .put("token.issued_at", SimpleType.TIMESTAMP)
          .put("token.expires_at", SimpleType.TIMESTAMP)
          .put("request.method", SimpleType.STRING)
          .put("request.host", SimpleType.STRING)
          .put("request.path", SimpleType.STRING)
          .put("request.query", MapType.create(SimpleType.STRING, LIST))
          .put("request.headers", TEXTS)
          .put("request.source_principal", SimpleType.STRING)
          .put("request.destination_principal", SimpleType.STRING)
          .put("request.source_address", SimpleType.STRING)
          .put("request.context_extensions", TEXTS)
          .put("path", TEXTS)
          .put("now", SimpleType.TIMESTAMP)
          .buildOrThrow();

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MAX_LENGTH)
          .maxParseRecursionDepth(MAX_PARSER_DEPTH)
          .comprehensionMaxIterations(MAX_ITERATIONS)
          .maxRegexProgramSize(MAX_REGEX_PROGRAM)
          .enableHeterogeneousNumericComparisons(true)
          .enableRegexPartialMatch(true)
          .build();

  /** Without {@code replace}: it can grow a text as fast as it likes. */
  private static final ImmutableMap<String, Function> TEXT_FUNCTIONS =
      ImmutableMap.<String, Function>builder()
          .put("charAt", Function.CHAR_AT)
          .put("indexOf", Function.INDEX_OF)
          .put("join", Function.JOIN)
          .put("lastIndexOf", Function.LAST_INDEX_OF)
          .put("lowerAscii", Function.LOWER_ASCII)
          .put("split", Function.SPLIT)
          .put("substring", Function.SUBSTRING)
          .put("trim", Function.TRIM)
          .put("upperAscii", Function.UPPER_ASCII)
          .buildOrThrow();

  /** What the standard library and the macros are called, for remedies only. */
  private static final List<String> STANDARD_FUNCTIONS =
      List.of(
          "all",
          "contains",
          "duration",
          "endsWith",
          "exists",
          "exists_one",
          "filter",
          "getFullYear",
          "getHours",
          "has",
          "int",
          "map",
          "matches",
          "size",
          "startsWith",
          "string",
          "timestamp");

  private ConditionLanguage() {}

  /** The fields of {@code token} or {@code request}; empty for any other name. */
  static List<String> fields(String of) {
    String prefix = of + ".";
    return VARIABLES.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .sorted()
        .toList();
  }

  /** The names that may stand alone: the variables, and the functions that people misspell. */
  static List<String> names() {
    Stream<String> variables = VARIABLES.keySet().stream().map(name -> name.split("\\.", 2)[0]);
    Stream<String> functions =
        Stream.concat(STANDARD_FUNCTIONS.stream(), TEXT_FUNCTIONS.keySet().stream());
    return Stream.concat(variables, functions).distinct().sorted().toList();
  }

  /** The language; immutable, and made when the first condition needs it. */
  static final Cel CEL = create();

  /** A type checker of the same language, without the functions that are not among these. */
  static CelCompiler checker(Set<String> functions) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(
                CelStandardDeclarations.newBuilder()
                    .filterFunctions(
                        (function, overload) -> functions.contains(function.functionName()))
                    .build());
    Set<Function> strings =
        functions.stream()
            .filter(TEXT_FUNCTIONS::containsKey)
            .map(TEXT_FUNCTIONS::get)
            .collect(Collectors.toSet());
    if (!strings.isEmpty()) {
      builder.addLibraries(CelExtensions.strings(strings));
    }
    VARIABLES.forEach(builder::addVar);
    return builder.build();
  }

  private static Cel create() {
    CelStringExtensions strings =
        CelExtensions.strings(ImmutableSet.copyOf(TEXT_FUNCTIONS.values()));
    CelBuilder builder =
        CelFactory.plannerCelBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(strings)
            .addRuntimeLibraries(strings);
    VARIABLES.forEach(builder::addVar);
    return builder.build();
  }
}
