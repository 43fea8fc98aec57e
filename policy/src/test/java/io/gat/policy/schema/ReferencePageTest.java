package io.gat.policy.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/reference.md} equal to the schemas; with {@code -Dgat.golden=write} it is
 * written.
 */
class ReferencePageTest {
  private static final Path PAGE = Path.of("docs/reference.md");

  @Test
  void pageIsMadeFromTheSchemas() throws IOException {
    String page = new ReferencePage(new Schemas()).text();
    if ("write".equals(System.getProperty("gat.golden"))) {
      Files.writeString(PAGE, page);
    }
    assertEquals(Files.readString(PAGE), page);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    String page = new ReferencePage(new Schemas()).text();
    Set<String> targets = found(page, "<a id=\"([^\"]+)\">");
    Set<String> links = found(page, "\\]\\(#([^)]+)\\)");
    assertTrue(links.size() > 30, links.toString());
    links.forEach(link -> assertTrue(targets.contains(link), link));
  }

  private static Set<String> found(String page, String pattern) {
    return Pattern.compile(pattern)
        .matcher(page)
        .results()
        .map((MatchResult m) -> m.group(1))
        .collect(Collectors.toSet());
  }
}
