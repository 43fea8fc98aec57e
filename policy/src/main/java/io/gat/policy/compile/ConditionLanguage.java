package io.gat.policy.compile;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.parser.CelStandardMacro;
import java.util.Optional;

/** What a condition may say: its variables, functions and limits. */
final class ConditionLanguage {
  /** The longest expression, in characters. */
  static final int MAX_LENGTH = 4096;

  /** The most nodes of an expression, macros expanded. */
  static final int MAX_NODES = 500;

  /** The deepest nesting of an expression, macros expanded. */
  static final int MAX_DEPTH = 30;

  private static final int MAX_ITERATIONS = 1000;
  private static final int MAX_REGEX_PROGRAM = 2000;

  private static final MapType TEXTS = MapType.create(SimpleType.STRING, SimpleType.STRING);
  private static final ListType LIST = ListType.create(SimpleType.STRING);

  private static final StructType TOKEN =
      struct(
          "gat.Token",
          ImmutableMap.of(
              "issuer", SimpleType.STRING,
              "subject", SimpleType.STRING,
              "client", SimpleType.STRING,
              "audiences", LIST,
              "scopes", LIST,
              "claims", MapType.create(SimpleType.STRING, SimpleType.DYN),
              "issued_at", SimpleType.TIMESTAMP,
              "expires_at", SimpleType.TIMESTAMP));
  private static final StructType REQUEST =
      struct(
          "gat.Request",
          ImmutableMap.of(
              "method", SimpleType.STRING,
              "host", SimpleType.STRING,
              "path", SimpleType.STRING,
              "query", MapType.create(SimpleType.STRING, LIST),
              "headers", TEXTS,
              "source_principal", SimpleType.STRING,
              "destination_principal", SimpleType.STRING,
              "source_address", SimpleType.STRING,
              "context_extensions", TEXTS));

  private ConditionLanguage() {}

  private static StructType struct(String name, ImmutableMap<String, CelType> fields) {
    return StructType.create(name, fields.keySet(), f -> Optional.ofNullable(fields.get(f)));
  }

  /** The language; immutable, and made when the first condition needs it. */
  static final Cel CEL = create();

  private static Cel create() {
    CelOptions options =
        CelOptions.current()
            .maxExpressionCodePointSize(MAX_LENGTH)
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxRegexProgramSize(MAX_REGEX_PROGRAM)
            .enableHeterogeneousNumericComparisons(true)
            .enableRegexPartialMatch(true)
            .build();
    // Without `replace`: it can grow a text as fast as it likes.
    CelStringExtensions strings =
        CelExtensions.strings(
            Function.CHAR_AT,
            Function.INDEX_OF,
            Function.JOIN,
            Function.LAST_INDEX_OF,
            Function.LOWER_ASCII,
            Function.SPLIT,
            Function.SUBSTRING,
            Function.TRIM,
            Function.UPPER_ASCII);
    return CelFactory.plannerCelBuilder()
        .setOptions(options)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .setTypeProvider(new Structs())
        .addVar("token", TOKEN)
        .addVar("request", REQUEST)
        .addVar("path", TEXTS)
        .addVar("now", SimpleType.TIMESTAMP)
        .addCompilerLibraries(strings)
        .addRuntimeLibraries(strings)
        .build();
  }

  private static final class Structs implements CelTypeProvider {
    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableList.of(TOKEN, REQUEST);
    }

    @Override
    public Optional<CelType> findType(String name) {
      return types().stream().filter(type -> type.name().equals(name)).findFirst();
    }
  }
}
