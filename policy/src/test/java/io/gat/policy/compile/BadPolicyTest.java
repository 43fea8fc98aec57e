package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The corpus {@code bad-policies.txt}: after {@code === title} a policy file, then every line that
 * the compiler must say about it, each after an exclamation mark.
 */
class BadPolicyTest {

  record Case(String title, String policy, List<String> messages) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> corpus() throws IOException {
    try (InputStream in = BadPolicyTest.class.getResourceAsStream("bad-policies.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      List<String> blocks = List.of(text.split("(?m)^=== ", -1));
      assertTrue(blocks.size() > 60);
      return blocks.stream().skip(1).map(BadPolicyTest::read);
    }
  }

  private static Case read(String block) {
    List<String> lines = block.lines().toList();
    StringBuilder policy = new StringBuilder();
    lines.stream()
        .skip(1)
        .filter(l -> !l.startsWith("! "))
        .forEach(l -> policy.append(l).append('\n'));
    return new Case(
        lines.getFirst(),
        policy.toString(),
        lines.stream().filter(l -> l.startsWith("! ")).map(l -> l.substring(2)).toList());
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void saysWhatIsWrongAndWhere(Case bad) {
    assertEquals(
        String.join("\n", bad.messages()),
        String.join("\n", Policies.problems(bad.policy())).replace("p.yaml:", ""));
    assertFalse(bad.messages().isEmpty());
  }
}
