package io.gat.policy.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The corpus {@code bad-tests.txt}: after {@code === title} a test file, then every line that the
 * reader must say about it, each after an exclamation mark.
 */
class BadTestFileTest {

  record Case(String title, String file, List<String> messages) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> corpus() throws IOException {
    try (InputStream in = BadTestFileTest.class.getResourceAsStream("bad-tests.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      List<String> blocks = List.of(text.split("(?m)^=== ", -1));
      assertTrue(blocks.size() > 25);
      return blocks.stream().skip(1).map(BadTestFileTest::read);
    }
  }

  private static Case read(String block) {
    List<String> lines = block.lines().toList();
    return new Case(
        lines.getFirst(),
        lines.stream()
            .skip(1)
            .filter(l -> !l.startsWith("! "))
            .map(l -> l + "\n")
            .collect(Collectors.joining()),
        lines.stream().filter(l -> l.startsWith("! ")).map(l -> l.substring(2)).toList());
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void saysWhatIsWrongAndWhere(Case bad) {
    assertEquals(String.join("\n", bad.messages()), String.join("\n", problems(bad.file())));
    assertFalse(bad.messages().isEmpty());
  }

  private static List<String> problems(String text) {
    return switch (new TestFileReader(FakeJudge.REASONS).read(new Source("t", text))) {
      case TestFileReader.Result.Suites good -> List.of();
      case TestFileReader.Result.Unreadable bad ->
          bad.problems().stream().map(Problem::toString).map(l -> l.substring(2)).toList();
    };
  }
}
