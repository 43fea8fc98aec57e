package io.gat.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.AdminCalls;
import io.gat.admin.OperatorGats;
import io.gat.envoy.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about the admin API says what the program does. */
final class AdminDocTest {
  private final String page = read();
  private final OpenApi described = new OpenApi();

  private static String read() {
    try {
      return Files.readString(RepositoryRoot.find().resolve("authz-server/docs/admin.md"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The cells of all rows whose first cell is a code of this form. */
  private List<String[]> rows(String form) {
    return page.lines()
        .filter(line -> line.matches("\\| `" + form + "` \\|.*"))
        .map(line -> line.substring(1).split("\\|", -1))
        .map(cells -> Arrays.stream(cells).map(String::strip).toArray(String[]::new))
        .toList();
  }

  @Test
  void listsEveryOperationWithItsScope() {
    Map<String, Set<String>> listed = new TreeMap<>();
    for (String[] row : rows("(GET|POST|PUT|DELETE) /[^`]*")) {
      String scope = row[1].replace("`", "");
      listed.put(row[0].replace("`", ""), scope.equals("–") ? Set.of() : Set.of(scope));
    }
    assertEquals(described.operations(), listed);
  }

  @Test
  void listsEveryScope() {
    assertEquals(
        OperatorGats.ALL_SCOPES,
        rows("gat:[a-z]+").stream()
            .map(row -> row[0].replace("`", ""))
            .collect(Collectors.toSet()));
  }

  /** Each operation has a line that a person can paste. */
  @Test
  void showsEveryOperationByCurl() {
    for (String operation : described.operations().keySet()) {
      String[] parts = operation.split(" ", -1);
      String path = Pattern.quote("$A" + parts[1]).replaceAll("\\{[a-z]+}", "\\\\E[A-Z]+\\\\Q");
      Pattern line =
          switch (parts[0]) {
            case "GET" -> Pattern.compile("(?m)^(gat|curl -sS) \"?" + path + "(\\?[^ ]*)?\"?$");
            case "POST" ->
                Pattern.compile("(?m)^(gat|curl -sS) \"?" + path + "\"?( -H '[^']*')? -d '\\{");
            default ->
                Pattern.compile("(?m)^gat -X " + parts[0] + " \"?" + path + "(\\?[^ ]*)?\"?( |$)");
          };
      assertTrue(line.matcher(page).find(), operation + " by " + line);
    }
  }

  /** What the examples send is as the description says. */
  @Test
  void showsBodiesThatAreTaken() {
    Matcher example =
        Pattern.compile("(?m)^gat (?:-X ([A-Z]+) )?\\$A(/[^ ]*) -d '(\\{.*})'$").matcher(page);
    Set<String> shown = new TreeSet<>();
    while (example.find()) {
      String method = example.group(1) == null ? "POST" : example.group(1);
      String path =
          example.group(2).replaceAll("/[A-Z]{2,}/", "/{kid}/").replaceAll("/ID$", "/{id}");
      shown.add(method + " " + path);
      String schema =
          described
              .document()
              .path("paths")
              .path(path)
              .path(method.toLowerCase(java.util.Locale.ROOT))
              .at("/requestBody/content/application~1json/schema/$ref")
              .asText()
              .replace("#/components/schemas/", "");
      assertEquals(List.of(), described.errors(schema, example.group(3)), example.group());
    }
    assertTrue(shown.size() >= 6, shown::toString);
  }

  @Test
  void listsTheOutcomesThatAreCounted() {
    String row = rows("outcome").getFirst()[1];
    for (AdminCalls.Outcome outcome : AdminCalls.Outcome.values()) {
      assertTrue(row.contains("`" + outcome.word() + "`"), outcome.word());
    }
  }
}
