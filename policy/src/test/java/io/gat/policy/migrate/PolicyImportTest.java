package io.gat.policy.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.policy.compile.Policies;
import io.gat.policy.format.PolicyFormatter;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyImportTest {
  private static final Path CORPUS = Path.of("src/test/resources/io/gat/policy/migrate");

  static Stream<String> corpus() throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      List<String> names =
          files
              .map(f -> f.getFileName().toString())
              .filter(n -> n.endsWith(".yaml") && !n.endsWith(".gat.yaml"))
              .map(n -> n.substring(0, n.length() - ".yaml".length()))
              .sorted()
              .toList();
      assertTrue(names.size() >= 26, names.toString());
      return names.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void makesThisPolicyOfIt(String name) throws IOException {
    PolicyImport.Imported imported = imported(Files.readString(CORPUS.resolve(name + ".yaml")));
    String remarks = imported.remarks().stream().map(r -> r + "\n").collect(Collectors.joining());
    assertEquals(Files.readString(CORPUS.resolve(name + ".gat.yaml")), imported.text());
    assertEquals(Files.readString(CORPUS.resolve(name + ".remarks")), remarks);
    Policies.compiled(imported.text());
    assertEquals(
        new PolicyFormatter.Formatted(imported.text(), false),
        PolicyFormatter.format(new Source("f", imported.text())));
  }

  @Test
  void asksForTheGivenAudienceWhereTheSourceNamesNone() {
    String source =
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: a, namespace: n}
        spec: {rules: [{}]}
        """;
    var result = PolicyImport.run(List.of(new Source("f", source)), Optional.of("orders"));
    var imported = assertInstanceOf(PolicyImport.Imported.class, result);
    assertTrue(imported.text().contains("audience: orders\n"), imported.text());
    assertFalse(imported.remarks().toString().contains("--audience"));
  }

  @Test
  void tellsServicesOfOneNameApart() {
    String policy =
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: a, namespace: %s}
        spec: {selector: {matchLabels: {app: web}}, rules: [{}]}
        """;
    PolicyImport.Imported imported =
        imported(String.format(policy, "one") + "---\n" + String.format(policy, "two"));
    assertTrue(imported.text().contains("service: one/web\n"), imported.text());
    assertTrue(imported.text().contains("service: two/web\n"), imported.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "'a: [' ==> f:1:5: not valid YAML",
        "'- a' ==> f:1:1: this is not a Kubernetes object but a list",
        "'kind: Pod' ==> f:1:1: this is not a Kubernetes object: `apiVersion`",
        "'' ==> f:1:1: there is nothing in it that allows or denies",
        "'{apiVersion: v1, kind: Pod}' ==> f:1:1: there is nothing in it that allows or denies",
        "'{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, spec: {action: NO}}'"
            + " ==> f:1:78: spec.action: unknown action `NO`",
        "'{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, spec: {rules: x}}'"
            + " ==> f:1:77: spec.rules: must be a list, not the text \"x\"",
        "'{apiVersion: security.istio.io/v2, kind: AuthorizationPolicy}'"
            + " ==> f:1:1: AuthorizationPolicy of the version `v2`",
        "'{apiVersion: authorino.kuadrant.io/v1beta1, kind: AuthConfig}'"
            + " ==> f:1:1: AuthConfig of the version `v1beta1`",
      })
  void refusesWhatItCannotRead(String text, String problem) {
    var result = PolicyImport.run(List.of(new Source("f", text)), Optional.empty());
    var unreadable = assertInstanceOf(PolicyImport.Unreadable.class, result);
    assertTrue(
        unreadable.problems().getFirst().toString().startsWith(problem),
        () -> unreadable.problems().toString());
  }

  @Test
  void anyMutationIsImportedAsAPolicyOrRefused() throws IOException {
    Random random = new Random(7);
    List<String> names = corpus().toList();
    String[] bits = {
      "{", "}", "[", "]", ":", "\"", "'", "/", "*", "\n", " ", "- ", "not", "%", "{*}", "é", "$",
      "\\", ".", "0", "\u0000", "^"
    };
    int imported = 0;
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      StringBuilder text =
          new StringBuilder(
              Files.readString(CORPUS.resolve(names.get(i % names.size()) + ".yaml")));
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, bits[random.nextInt(bits.length)]);
          default -> text.setCharAt(at, (char) ('!' + random.nextInt(90)));
        }
      }
      if (isImported(text.toString())) {
        imported++;
      } else {
        refused++;
      }
    }
    assertTrue(imported > 50 && refused > 50, imported + " " + refused);
  }

  @FuzzTest
  void anyTextIsImportedAsAPolicyOrRefused(byte[] data) {
    isImported(new String(data, StandardCharsets.UTF_8));
  }

  private static boolean isImported(String text) {
    return switch (PolicyImport.run(List.of(new Source("f", text)), Optional.empty())) {
      case PolicyImport.Imported imported -> {
        Policies.compiled(imported.text());
        imported.remarks().forEach(r -> assertEquals(1, r.toString().lines().count()));
        yield true;
      }
      case PolicyImport.Unreadable unreadable -> {
        assertFalse(unreadable.problems().isEmpty());
        unreadable.problems().forEach(p -> assertEquals(1, p.toString().lines().count()));
        yield false;
      }
    };
  }

  private static PolicyImport.Imported imported(String text) {
    var result = PolicyImport.run(List.of(new Source("f", text)), Optional.empty());
    return assertInstanceOf(PolicyImport.Imported.class, result, text);
  }
}
