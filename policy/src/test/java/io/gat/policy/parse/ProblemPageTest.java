package io.gat.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keeps {@code docs/problems.md} equal to {@link ProblemId}; with {@code -Dgat.golden=write} it is
 * written.
 */
class ProblemPageTest {
  private static final Path PAGE = Path.of("docs/problems.md");

  @Test
  void pageIsMadeFromTheList() throws IOException {
    String page = page();
    if ("write".equals(System.getProperty("gat.golden"))) {
      Files.writeString(PAGE, page);
    }
    assertEquals(Files.readString(PAGE), page);
  }

  @ParameterizedTest
  @EnumSource(ProblemId.class)
  void everyProblemIsExplained(ProblemId id) {
    assertTrue(id.id().matches("[a-z0-9]+(-[a-z0-9]+)*"), id.id());
    assertEquals(Optional.of(id), ProblemId.of(id.id()));
    assertTrue(id.explanation().endsWith("."), id.explanation());
    assertTrue(id.remedy().endsWith("."), id.remedy());
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Problems with policies

            What `gat policy check` can say, by the name in brackets at the end of a message. A name stays once it is released.
            This page is made from the enum `io.gat.policy.parse.ProblemId` (`-Dgat.golden=write`); the examples are in
            [the corpus](../src/test/resources/io/gat/policy/bad/).
            """);
    section(page, Severity.UNREADABLE, "Errors: what cannot be read", "Exit code 2.");
    section(page, Severity.ERROR, "Errors: what is refused", "Exit code 1.");
    section(
        page,
        Severity.WARNING,
        "Warnings: what is taken, and probably not meant",
        "Exit code 0; with `--strict` 1.");
    return page.toString();
  }

  private static void section(StringBuilder page, Severity severity, String title, String exit) {
    page.append("\n## ").append(title).append('\n').append(exit).append("\n\n");
    page.append("| name | what it means | what helps |\n|---|---|---|\n");
    List<ProblemId> ids =
        Arrays.stream(ProblemId.values())
            .filter(id -> id.severity() == severity)
            .sorted(Comparator.comparing(ProblemId::id))
            .toList();
    for (ProblemId id : ids) {
      page.append("| <a id=\"").append(id.id()).append("\"></a>`").append(id.id()).append("` | ");
      page.append(id.explanation()).append(" | ").append(id.remedy()).append(" |\n");
    }
  }
}
