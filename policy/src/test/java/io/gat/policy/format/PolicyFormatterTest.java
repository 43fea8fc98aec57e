package io.gat.policy.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.policy.compile.Policies;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlLayout;
import io.gat.policy.parse.YamlLayout.Comment;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -Dgat.golden=write} writes the golden files anew. */
class PolicyFormatterTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/gat/policy/format");

  @ParameterizedTest
  @ValueSource(strings = {"everything", "long", "quotes", "nested", "marks", "table"})
  void bringsAFileIntoItsForm(String name) throws IOException {
    String before = Files.readString(GOLDEN.resolve(name + ".yaml"));
    Path golden = GOLDEN.resolve(name + ".formatted.yaml");
    if ("write".equals(System.getProperty("gat.golden"))) {
      Files.writeString(golden, formatted(before).text());
    }
    String after = Files.readString(golden);
    assertEquals(new PolicyFormatter.Formatted(after, true), formatted(before));
    assertEquals(new PolicyFormatter.Formatted(after, false), formatted(after));
    assertEquals(comments(before), comments(after));
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("examples"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void keepsTheMeaningAndTheCommentsOfExamples(Path example) throws IOException {
    String before = Files.readString(example);
    String after = formatted(before).text();
    assertEquals(new PolicyFormatter.Formatted(after, false), formatted(after));
    assertEquals(comments(before), comments(after));
    if (!example.toString().endsWith("_test.yaml")) {
      assertEquals(hash(before), hash(after));
    }
  }

  @Test
  void keepsTheMeaningAndTheCommentsOfAnyPolicy() {
    int commented = 0;
    for (int seed = 0; seed < 300; seed++) {
      RandomFiles.File file = new RandomFiles(seed).next();
      String after = formatted(file.text()).text();
      String what = "seed " + seed + "\n" + file.text() + "\nbecame\n" + after;
      assertEquals(hash(file.text()), hash(after), what);
      assertEquals(file.comments().stream().sorted().toList(), comments(after), what);
      assertEquals(after, formatted(after).text(), what);
      assertFalse(
          after.contains("\n\n\n") || after.startsWith("\n") || after.contains(" \n"), what);
      commented += file.comments().size();
    }
    assertTrue(commented > 2_000, "too few comments to learn from: " + commented);
  }

  /** A pull request that changes an example shows its change, not its form. */
  @ParameterizedTest
  @MethodSource("examples")
  void findsExamplesInTheirForm(Path example) throws IOException {
    String text = Files.readString(example);
    assertEquals(text, formatted(text).text());
  }

  /** What is in braces stays there, one row after the other, in lines that fit a screen. */
  @Test
  void keepsTheTablesOfTests() {
    int wrapped = 0;
    for (int seed = 0; seed < 300; seed++) {
      RandomTables.File file = new RandomTables(seed).next();
      String after = formatted(file.text()).text();
      String what = "seed " + seed + "\n" + file.text() + "\nbecame\n" + after;
      assertEquals(after, formatted(after).text(), what);
      assertEquals(said(file.text()), said(after), what);
      assertEquals(file.comments().stream().sorted().toList(), comments(after), what);
      assertEquals(file.braces(), after.lines().filter(l -> l.startsWith("  - {")).count(), what);
      for (String line : after.lines().toList()) {
        boolean wide = line.length() > 120;
        // Only one thing that cannot be broken, or a comment, may stand out.
        assertFalse(wide && !line.contains("WIDE") && !line.contains("#"), what);
      }
      wrapped += (int) after.lines().filter(l -> l.startsWith("     ")).count();
    }
    assertTrue(wrapped > 200, "too few rows to learn from: " + wrapped);
  }

  /** What a file says: its trees, with the entries of mappings in the order of their keys. */
  private static String said(String text) {
    var read = assertInstanceOf(YamlReader.Result.Documents.class, YamlReader.read("f", text));
    return read.documents().stream().map(PolicyFormatterTest::said).toList().toString();
  }

  private static String said(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar -> scalar.kind() + "(" + scalar.text() + ")";
      case YamlNode.Sequence sequence ->
          sequence.items().stream().map(PolicyFormatterTest::said).toList().toString();
      case YamlNode.Mapping mapping ->
          mapping.entries().stream()
              .map(e -> e.key() + "=" + said(e.value()))
              .sorted()
              .toList()
              .toString();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "'a: [' ==> f:1:5: not valid YAML",
        "'version: gat/v1~service: &a b' ==> f:2:10: service: anchors",
        "'version: gat/v1~version: gat/v1' ==> f:2:1: version: the key `version` stands twice",
        "'a: b' ==> f:1:1: this is not a document of gat",
        "'- a' ==> f:1:1: this is not a document of gat",
        "'# only' ==> f:1:1: there is no document in it",
        "'' ==> f:1:1: there is no document in it",
      })
  void refusesWhatIsNoFileOfGat(String text, String problem) {
    var result = PolicyFormatter.format(new Source("f", text.replace('~', '\n')));
    var unreadable = assertInstanceOf(PolicyFormatter.Unreadable.class, result);
    assertTrue(unreadable.problems().getFirst().toString().startsWith(problem), result.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ufeffversion: gat/v1\n", "version: gat/v1\r\n", "version: gat/v1"})
  void endsEveryLineAlike(String text) {
    assertEquals(new PolicyFormatter.Formatted("version: gat/v1\n", true), formatted(text));
  }

  @Test
  void formattingTwiceChangesNothingMore() {
    Random random = new Random(5);
    String[] bits = {
      "{", "}", "[", "]", ":", "\"", "'", "\n", " ", "- ", "#", " #", "\n#", "|", ">", "? ", ", ",
      "\t", "!!str ", "%", "---\n", "...\n", "|-\n", "\\"
    };
    int formatted = 0;
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      StringBuilder text = new StringBuilder(new RandomFiles(i).next().text());
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, bits[random.nextInt(bits.length)]);
          default ->
              text.insert(
                  random.nextInt(text.length()),
                  text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
        }
      }
      switch (PolicyFormatter.format(new Source("f", text.toString()))) {
        case PolicyFormatter.Formatted once -> {
          formatted++;
          assertEquals(once.text(), formatted(once.text()).text(), text::toString);
        }
        case PolicyFormatter.Unreadable unreadable -> {
          refused++;
          String all = unreadable.problems().toString();
          assertFalse(all.contains("gat cannot format this"), () -> all + "\n" + text);
        }
      }
    }
    assertTrue(formatted > 100 && refused > 100, formatted + " " + refused);
  }

  @FuzzTest
  void anyTextIsFormattedOrRefused(byte[] data) {
    String text = "version: x\n" + new String(data, StandardCharsets.UTF_8);
    switch (PolicyFormatter.format(new Source("f", text))) {
      case PolicyFormatter.Formatted formatted ->
          assertEquals(formatted.text(), formatted(formatted.text()).text());
      case PolicyFormatter.Unreadable unreadable -> assertFalse(unreadable.problems().isEmpty());
    }
  }

  private static PolicyFormatter.Formatted formatted(String text) {
    var result = PolicyFormatter.format(new Source("f", text));
    return assertInstanceOf(PolicyFormatter.Formatted.class, result, () -> result + "\n" + text);
  }

  private static String hash(String text) {
    return Policies.compiled(text).policy().hash();
  }

  /** Every comment of a text, sorted. */
  private static List<String> comments(String text) {
    assertInstanceOf(YamlReader.Result.Documents.class, YamlReader.read("f", text));
    return YamlLayout.of("f", text).comments().stream().map(Comment::text).sorted().toList();
  }
}
