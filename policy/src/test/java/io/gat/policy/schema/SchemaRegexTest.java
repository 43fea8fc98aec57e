package io.gat.policy.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keeps the schemas' patterns in what all validators' expressions have in common: ECMA-262, which
 * JSON Schema names, and RE2, which those in Go have.
 */
class SchemaRegexTest {
  private static final Path SCHEMAS = Path.of("schema");

  /** An escape with a letter or a digit that only some dialects know. */
  private static final Pattern FOREIGN_ESCAPE = Pattern.compile("\\\\(?!x[0-9a-f]{2})[A-Za-z0-9]");

  private static final Pattern ESCAPED = Pattern.compile("\\\\[^A-Za-z0-9]");

  private static final Pattern LINE_END = Pattern.compile("[\\n\\r\\x85\u2028\u2029]\\z");

  private static final int[] ALPHABET =
      "aZx09._:/-*{}=$@#%?;,\\ \t\n\u0000\u001f\u007f\u009f\u1680\u2007\u2028\u3000\ud83d\ude00gettrue"
          .codePoints()
          .toArray();

  static Stream<String> patterns() throws IOException {
    Set<String> patterns = new TreeSet<>();
    try (Stream<Path> files = Files.list(SCHEMAS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        collect(new ObjectMapper().readTree(file.toFile()), patterns);
      }
    }
    assertTrue(patterns.size() > 30, "patterns: " + patterns.size());
    return patterns.stream();
  }

  private static void collect(JsonNode node, Set<String> patterns) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        if (member.getKey().equals("pattern") && member.getValue().isTextual()) {
          patterns.add(member.getValue().textValue());
        }
        if (member.getKey().equals("patternProperties")) {
          member.getValue().fieldNames().forEachRemaining(patterns::add);
        }
      }
    }
    node.forEach(child -> collect(child, patterns));
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void meansTheSameToRe2(String pattern) {
    String bare = ESCAPED.matcher(pattern).replaceAll("");
    assertFalse(FOREIGN_ESCAPE.matcher(bare).find(), pattern);
    assertFalse(bare.contains("(?"), pattern);
    Pattern here = Pattern.compile(pattern);
    com.google.re2j.Pattern there = com.google.re2j.Pattern.compile(pattern);
    Random random = new Random(pattern.hashCode());
    for (int i = 0; i < 300; i++) {
      String text = text(random);
      assertEquals(
          here.matcher(text).find(), there.matcher(text).find(), () -> pattern + " " + text);
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(7); n > 0; n--) {
      text.appendCodePoint(ALPHABET[random.nextInt(ALPHABET.length)]);
    }
    // Java alone lets `$` match before a last line's end.
    return LINE_END.matcher(text).find() ? text + "a" : text.toString();
  }
}
