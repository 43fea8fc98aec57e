package io.gat.policy.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.gat.policy.compile.PolicyReaders;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import io.gat.policy.verify.TestReaders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the schemas' patterns against the parser: texts of each kind, and texts that are nearly of
 * it, must be taken by both or refused by both. The texts are in {@code texts.txt}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaPatternTest {
  private static final long SEED = 20261124;
  private static final int MUTANTS = 200;
  private static final Pattern REPEATED = Pattern.compile("(?:\\((.+?)\\)|(.))×([0-9]+)");
  private static final List<String> REASONS = List.of("ok", "no_token", "no_rule");

  /** What a mutant gets: all that some rule of the language speaks of, and its neighbours. */
  private static final int[] ALPHABET =
      ("aZfxm019._:/-*{}=$@#%?;,\\ \t\n[]\"'!~+T&|^`"
              + "\0\u001f\u007f\u0085\u00a0\u00e9\u0130\u017f\u1680\u2007\u2028\u202f\u212a\u3000"
              + "\ud83d\ude00")
          .codePoints()
          .toArray();

  /** What compares places, or needs more than a pattern; see {@link SchemaTest}. */
  private static final List<String> BEYOND =
      List.of(
          "` stands twice",
          "has bits beyond its prefix",
          "there is no scope group",
          "there is no value",
          "is not closed",
          "is not a value");

  private static final Set<ProblemId> BETWEEN_PLACES =
      Set.of(ProblemId.TIE, ProblemId.DUPLICATE_PATH, ProblemId.DUPLICATE_NAME);

  private final Schemas schemas = new Schemas();

  SchemaPatternTest() throws IOException {}

  /**
   * A place of a document and texts for it.
   *
   * @param document with {@code §} for the text
   */
  record Row(String title, String document, List<String> texts) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Row> rows() throws IOException {
    try (InputStream in = SchemaPatternTest.class.getResourceAsStream("texts.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split("(?m)^=== ", -1)).skip(1).map(SchemaPatternTest::row);
    }
  }

  private static Row row(String block) {
    List<String> lines = block.lines().toList();
    String[] place = lines.getFirst().split(" ", 2);
    return new Row(
        lines.getFirst(),
        around(place[0]).formatted(place[1]),
        lines.stream().skip(1).map(SchemaPatternTest::text).toList());
  }

  private static String around(String kind) {
    return switch (kind) {
      case "document" -> "%s";
      case "service" ->
          "{version: gat/v1, service: s, audience: s, rules: [{name: r, paths: [/a]}], %s}";
      case "rule" -> "{version: gat/v1, service: s, audience: s, rules: [{name: r, %s}]}";
      case "token" ->
          "{version: gat/v1, tests: t, tokens: {a: {audience: o, scopes: [s], %s}},"
              + " requests: {r: {path: /}}, table: {r: ok}}";
      case "case" ->
          "{version: gat/v1, tests: t, cases: [{name: a, request: {path: /}, token: none, %s}]}";
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** A line: what stands in double quotes in YAML; {@code x×3} is {@code xxx}. */
  private static String text(String line) {
    String whole =
        REPEATED
            .matcher(line)
            .replaceAll(
                m ->
                    Matcher.quoteReplacement(
                        (m.group(1) == null ? m.group(2) : m.group(1))
                            .repeat(Integer.parseInt(m.group(3)))));
    return switch (read("\"" + whole + "\"")) {
      case YamlNode.Scalar scalar -> scalar.text();
      case YamlNode.Sequence other -> fail(line);
      case YamlNode.Mapping other -> fail(line);
    };
  }

  @ParameterizedTest
  @MethodSource("rows")
  void takesTheTextsThatTheParserTakes(Row row) {
    List<String> texts = new ArrayList<>(row.texts());
    Random random = new Random(SEED);
    for (int i = 0; i < MUTANTS; i++) {
      texts.add(mutant(row.texts().get(random.nextInt(row.texts().size())), random));
    }
    List<String> disagreements = new ArrayList<>();
    int taken = 0;
    for (String text : texts) {
      YamlNode document = read(row.document().replace("§", quoted(text)));
      List<Problem> problems = problems(document);
      boolean refused = !schemas.errors(Schemas.ANY, document).isEmpty();
      if (problems.stream().noneMatch(p -> BEYOND.stream().anyMatch(p.message()::contains))) {
        if (refused == problems.isEmpty()) {
          disagreements.add(quoted(text) + " parser: " + problems + ", schema refuses: " + refused);
        }
      }
      taken += refused ? 0 : 1;
    }
    assertEquals("", String.join("\n", disagreements));
    assertTrue(taken > 0, "no text is taken");
    assertTrue(taken < texts.size(), "no text is refused");
  }

  private static YamlNode read(String yaml) {
    return switch (YamlReader.read("d", yaml)) {
      case YamlReader.Result.Documents read -> read.documents().getFirst();
      case YamlReader.Result.Unreadable bad -> fail(bad.problems().toString());
    };
  }

  private static List<Problem> problems(YamlNode document) {
    List<Problem> all =
        document instanceof YamlNode.Mapping mapping && mapping.get("tests").isPresent()
            ? TestReaders.problems("d", document, REASONS)
            : PolicyReaders.problems(new Source("d", ""), document);
    return all.stream().filter(p -> !BETWEEN_PLACES.contains(p.id())).toList();
  }

  private static String mutant(String text, Random random) {
    List<Integer> points = new ArrayList<>(text.codePoints().boxed().toList());
    for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
      int at = random.nextInt(points.size() + 1);
      int point = ALPHABET[random.nextInt(ALPHABET.length)];
      switch (random.nextInt(3)) {
        case 0 -> points.add(at, point);
        case 1 -> {
          if (at < points.size()) {
            points.set(at, point);
          }
        }
        default -> {
          if (at < points.size()) {
            points.subList(at, at + 1).clear();
          }
        }
      }
    }
    int[] made = points.stream().mapToInt(Integer::intValue).toArray();
    return new String(made, 0, made.length);
  }

  /** As a text in double quotes, everything but plain characters escaped. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    IntStream points = text.codePoints();
    points.forEach(
        c -> {
          if (c == '"' || c == '\\') {
            out.append('\\').append((char) c);
          } else if (c >= 0x20 && c < 0x7f) {
            out.append((char) c);
          } else {
            out.append(String.format("\\U%08x", c));
          }
        });
    return out.append('"').toString();
  }
}
