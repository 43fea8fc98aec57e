package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.policy.format.PolicyFormatter;
import io.gat.policy.parse.Source;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The formatter's order of keys is the parser's. */
class KeyOrderTest {
  static Stream<Arguments> mappings() {
    return Stream.of(
        Arguments.of("", ServiceReader.KEYS),
        Arguments.of("version: a\nservice: b\nrules:\n  -", RuleReader.KEYS),
        Arguments.of("", IssuanceReader.KEYS),
        Arguments.of("version: a\nissuance: b\nrules:\n  -", IssuanceReader.RULE_KEYS));
  }

  @ParameterizedTest
  @MethodSource("mappings")
  void formatterKnowsEveryKeyInItsOrder(String before, List<String> keys) {
    String start = before.isEmpty() ? "" : before + "\n";
    String indent = before.endsWith("-") ? "    " : "";
    String text =
        keys.reversed().stream()
            .map(key -> indent + key + ": x\n")
            .collect(Collectors.joining("", start, ""));
    var formatted =
        assertInstanceOf(
            PolicyFormatter.Formatted.class, PolicyFormatter.format(new Source("f", text)), text);
    List<String> order =
        formatted
            .text()
            .lines()
            .filter(line -> line.endsWith(": x"))
            .map(line -> line.replaceAll("[ -]*([a-z-]+): x", "$1"))
            .toList();
    assertEquals(keys, order);
  }
}
