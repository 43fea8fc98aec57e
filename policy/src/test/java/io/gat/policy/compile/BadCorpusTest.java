package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.parse.ProblemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The corpus {@code bad/}: policies {@code NNN-name.yaml} (a file, or a folder), each for one
 * problem, and beside each {@code NNN-name.txt}, what must be said about it. With {@code
 * -Dgat.golden=write} the latter are written instead of compared. One of them has no policy: the
 * file that is not there.
 */
class BadCorpusTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/gat/policy/bad");
  private static final Pattern ID = Pattern.compile("(?m)^[^ ].*\\[([a-z0-9-]+)]$");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(f -> f.getFileName().toString().replaceFirst("\\.(yaml|txt)$", ""))
          .distinct()
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void saysExactlyThis(String name) throws IOException {
    Path golden = FOLDER.resolve(name + ".txt");
    PolicyCheck.Report report = PolicyCheck.of(List.of(FOLDER.resolve(name + ".yaml")));
    String text =
        report.problems().stream()
            .map(report::excerpt)
            .collect(Collectors.joining())
            .replace(FOLDER + "/", "");
    if ("write".equals(System.getProperty("gat.golden"))) {
      Files.writeString(golden, text);
    }
    assertFalse(text.isEmpty(), "nothing is wrong with it");
    assertEquals(Files.readString(golden), text);
  }

  @Test
  void hasManyPolicies() throws IOException {
    assertTrue(names().size() >= 150, "only " + names().size());
    assertEquals(
        names().size(), names().stream().map(n -> n.substring(0, 3)).distinct().count(), "numbers");
  }

  @Test
  void everyProblemOccurs() throws IOException {
    Set<String> seen = new TreeSet<>();
    for (String name : names()) {
      Matcher matcher = ID.matcher(Files.readString(FOLDER.resolve(name + ".txt")));
      while (matcher.find()) {
        seen.add(matcher.group(1));
      }
    }
    Set<String> all =
        EnumSet.allOf(ProblemId.class).stream()
            .map(ProblemId::id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, seen);
  }
}
