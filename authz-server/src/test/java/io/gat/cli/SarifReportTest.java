package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.policy.compile.PolicyCheck;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the SARIF standard asks of a log, as far as gat writes one (OASIS SARIF 2.1.0, section 3).
 */
final class SarifReportTest {
  private static final Path CORPUS = Path.of("../policy/src/test/resources/io/gat/policy/bad");

  @Test
  void isALogOfOneRun() {
    JsonObject log = JsonParser.parseString(SarifReport.text(List.of())).getAsJsonObject();
    assertEquals(Set.of("$schema", "version", "runs"), log.keySet());
    assertEquals("2.1.0", log.get("version").getAsString());
    assertEquals(1, log.getAsJsonArray("runs").size());
    JsonObject run = run(List.of());
    assertEquals(Set.of("tool", "columnKind", "invocations", "results"), run.keySet());
    assertEquals("unicodeCodePoints", run.get("columnKind").getAsString());
    assertEquals(0, run.getAsJsonArray("results").size(), "empty, not absent: it was looked");
  }

  @Test
  void everyRuleHasAnIdHelpAndALevel() {
    Set<String> ids = new HashSet<>();
    for (JsonElement element : rules(run(List.of()))) {
      JsonObject rule = element.getAsJsonObject();
      assertTrue(ids.add(rule.get("id").getAsString()));
      assertTrue(rule.get("name").getAsString().matches("([A-Z0-9][a-z0-9]*)+"), rule::toString);
      assertTrue(rule.getAsJsonObject("shortDescription").get("text").getAsString().endsWith("."));
      JsonObject help = rule.getAsJsonObject("help");
      assertEquals(Set.of("text", "markdown"), help.keySet());
      assertFalse(help.get("text").getAsString().contains("`"), help::toString);
      String level = rule.getAsJsonObject("defaultConfiguration").get("level").getAsString();
      assertTrue(Set.of("error", "warning").contains(level), level);
    }
    assertEquals(ProblemId.values().length, ids.size());
  }

  @Test
  void everyResultPointsToItsRuleAndAPlace() throws IOException {
    List<Problem> problems = new ArrayList<>();
    try (Stream<Path> files = Files.list(CORPUS)) {
      files
          .filter(f -> f.toString().endsWith(".yaml"))
          .sorted()
          .forEach(f -> problems.addAll(PolicyCheck.of(List.of(f)).problems()));
    }
    assertTrue(problems.size() > 300, "the corpus has only " + problems.size());
    JsonObject run = run(problems);
    var rules = rules(run);
    for (int i = 0; i < problems.size(); i++) {
      Problem problem = problems.get(i);
      JsonObject result = run.getAsJsonArray("results").get(i).getAsJsonObject();
      assertEquals(problem.id().id(), result.get("ruleId").getAsString());
      JsonObject rule = rules.get(result.get("ruleIndex").getAsInt()).getAsJsonObject();
      assertEquals(problem.id().id(), rule.get("id").getAsString());
      assertEquals(problem.severity().word(), result.get("level").getAsString());
      String text = result.getAsJsonObject("message").get("text").getAsString();
      assertTrue(text.startsWith(problem.message()), text);
      JsonObject location = result.getAsJsonArray("locations").get(0).getAsJsonObject();
      JsonObject place = location.getAsJsonObject("physicalLocation");
      String uri = place.getAsJsonObject("artifactLocation").get("uri").getAsString();
      assertEquals(problem.position().file(), URI.create(uri).getPath());
      JsonObject region = place.getAsJsonObject("region");
      assertEquals(Set.of("startLine", "startColumn", "endColumn"), region.keySet());
      assertEquals(problem.position().line(), region.get("startLine").getAsInt());
      assertEquals(problem.position().column(), region.get("startColumn").getAsInt());
      assertTrue(region.get("endColumn").getAsInt() > region.get("startColumn").getAsInt());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "policy/a.yaml, policy/a.yaml",
    "../a.yaml, ../a.yaml",
    "a b%c#d.yaml, a%20b%25c%23d.yaml",
    "ü.yaml, %C3%BC.yaml",
    "a:b.yaml, ./a:b.yaml",
    "/x/a b.yaml, file:///x/a%20b.yaml",
  })
  void writesFilesAsUris(String file, String uri) {
    Problem problem =
        new Problem(ProblemId.TIE, new Position(file, 1, 1), 2, "", "message", "remedy");
    JsonObject result = run(List.of(problem)).getAsJsonArray("results").get(0).getAsJsonObject();
    assertEquals(
        uri,
        result
            .getAsJsonArray("locations")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("physicalLocation")
            .getAsJsonObject("artifactLocation")
            .get("uri")
            .getAsString());
  }

  @Test
  void saysWhetherEverythingCouldBeRead() {
    Problem problem =
        new Problem(ProblemId.NOT_YAML, new Position("a", 1, 1), 2, "", "message", "remedy");
    assertFalse(successful(List.of(problem)));
    assertTrue(successful(List.of()));
  }

  private static boolean successful(List<Problem> problems) {
    JsonElement invocation = run(problems).getAsJsonArray("invocations").get(0);
    return invocation.getAsJsonObject().get("executionSuccessful").getAsBoolean();
  }

  private static JsonObject run(List<Problem> problems) {
    return JsonParser.parseString(SarifReport.text(problems))
        .getAsJsonObject()
        .getAsJsonArray("runs")
        .get(0)
        .getAsJsonObject();
  }

  private static JsonArray rules(JsonObject run) {
    return run.getAsJsonObject("tool").getAsJsonObject("driver").getAsJsonArray("rules");
  }
}
