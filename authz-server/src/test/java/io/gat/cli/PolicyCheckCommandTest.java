package io.gat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PolicyCheckCommandTest {
  private static final String GOOD =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders/{id}"], scopes: [orders:read]}
      """;

  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("orders.yaml");
    Files.writeString(file, GOOD);
  }

  @Test
  void takesAGoodFileAndAFolder() {
    for (Path path : new Path[] {file, folder}) {
      Run run = Run.gat("policy", "check", path.toString());
      assertEquals(0, run.code(), run.err());
      assertTrue(run.out().matches("ok: 1 service, policy [0-9a-f]{16}\n"), run.out());
      assertEquals("", run.err());
    }
  }

  @Test
  void refusesABadFileWithPlaceAndRemedy() throws IOException {
    Files.writeString(file, GOOD.replace("methods:", "metods:"));
    Run run = Run.gat("policy", "check", file.toString());
    assertEquals(1, run.code());
    assertEquals("", run.err());
    assertEquals(
        """
        %s:6:18: error: rules[0].metods: unknown key `metods` [unknown-key]
          6 |   - {name: read, metods: [GET], paths: ["/v1/orders/{id}"], scopes: [orders:read]}
            |                  ^^^^^^
            = did you mean `methods`?
        refused: 1 error
        """
            .formatted(file),
        run.out());
  }

  @Test
  void warnsAndTakesUnlessStrict() throws IOException {
    Files.writeString(file, GOOD.replace(", scopes: [orders:read]", ""));
    Run run = Run.gat("policy", "check", file.toString());
    assertEquals(0, run.code());
    assertTrue(run.out().contains(":6:12: warning: rules[0].name: the rule `read` takes any"));
    assertTrue(run.out().matches("(?s).*\nok: 1 service, policy [0-9a-f]{16}, 1 warning\n"));
    Run strict = Run.gat("policy", "check", "--strict", file.toString());
    assertEquals(1, strict.code());
    assertTrue(strict.out().endsWith("refused by --strict: 1 warning\n"), strict.out());
    Run json = Run.gat("policy", "check", "--strict", "--output", "json", file.toString());
    assertEquals(1, json.code());
    assertTrue(json.out().startsWith("{\n  \"ok\": false,\n  \"policy\": \""), json.out());
    assertEquals(0, Run.gat("policy", "check", "--format", "github", file.toString()).code());
  }

  @Test
  void saysHowManyRulesAreInShadow() throws IOException {
    Files.writeString(
        file,
        GOOD
            + "  - {name: next, enforce: shadow, methods: [GET], paths: [\"/v1/orders/{id}\"],"
            + " scopes: [orders:own]}\n");
    Run run = Run.gat("policy", "check", file.toString());
    assertEquals(0, run.code(), run.out());
    assertTrue(
        run.out().matches("ok: 1 service, 1 rule in shadow, policy [0-9a-f]{16}\n"), run.out());
    Run json = Run.gat("policy", "check", "--output", "json", file.toString());
    assertTrue(json.out().contains("\"rules_in_shadow\": 1,"), json.out());
  }

  @Test
  void judgesAllPathsAsOneSetAndEachFileOnce() throws IOException {
    Path other = folder.resolve("other.yaml");
    Files.writeString(other, GOOD.replace("service: orders", "service: other"));
    Run run = Run.gat("policy", "check", file.toString(), other.toString());
    assertEquals(1, run.code(), "one host in two services");
    assertEquals(0, Run.gat("policy", "check", file.toString(), file.toString()).code());
  }

  @Test
  void writesJson() throws IOException {
    Files.writeString(file, GOOD.replace("methods:", "metods:"));
    Run json = Run.gat("policy", "check", "--output", "json", file.toString());
    assertEquals(1, json.code());
    assertEquals(
        """
        {
          "ok": false,
          "problems": [
            {
              "file": "%s",
              "line": 6,
              "column": 18,
              "end_column": 24,
              "id": "unknown-key",
              "path": "rules[0].metods",
              "message": "unknown key `metods`",
              "remedy": "did you mean `methods`?"
            }
          ],
          "warnings": [ ]
        }
        """
            .formatted(file),
        json.out());
  }

  @Test
  void takesTheValuesOfAnEnvironment() throws IOException {
    Files.writeString(
        file,
        GOOD.replace("[orders.example]", "[\"orders.${domain}\"]")
            + "values: {default: {domain: local}, prod: {domain: example}}\n");
    Run local = Run.gat("policy", "check", file.toString());
    Run prod = Run.gat("policy", "check", "--environment", "prod", file.toString());
    assertEquals(0, local.code(), local.err());
    assertEquals(0, prod.code(), prod.err());
    assertNotEquals(local.out(), prod.out());
    Run typo = Run.gat("policy", "check", "--environment", "prd", file.toString());
    assertEquals(1, typo.code());
    String text = typo.out();
    assertTrue(text.startsWith(file + ":7:9: error: values: there is no environment `prd`"), text);
    assertTrue(text.contains("did you mean `prod`?"), text);
  }

  @Test
  void saysThatAFileIsNotThere() {
    Path absent = folder.resolve("absent.yaml");
    String line = absent + ":1:1: there is no such file or folder; name an existing one\n";
    Run run = Run.gat("policy", "check", absent.toString());
    assertEquals(new Run(2, "", line), run);
    Run github = Run.gat("policy", "check", "--format", "github", absent.toString());
    assertEquals(2, github.code());
    assertEquals(line, github.err());
    assertTrue(github.out().contains("title=unreadable-file::there is no such"), github.out());
  }

  static Stream<byte[]> unreadable() {
    return Stream.of(new byte[] {'a', ':', ' ', (byte) 0xe9}, "a: [\n".getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void saysThatATextCannotBeReadAndStillLooksAtTheOthers(byte[] bytes) throws IOException {
    Files.write(folder.resolve("broken.yaml"), bytes);
    Run run = Run.gat("policy", "check", folder.resolve("broken.yaml").toString());
    assertEquals(2, run.code());
    assertTrue(run.err().startsWith(folder.resolve("broken.yaml") + ":"), run.err());
    assertEquals("", run.out());
    Files.writeString(file, GOOD.replace("methods:", "metods:"));
    Run both =
        Run.gat("policy", "check", folder.resolve("broken.yaml").toString(), file.toString());
    assertEquals(2, both.code());
    assertTrue(both.out().endsWith("did you mean `methods`?\nrefused: 1 error\n"), both.out());
  }

  @Test
  void takesOneOfFormatAndOutput() {
    Run run = Run.gat("policy", "check", "--format", "sarif", "--output", "json", file.toString());
    assertEquals(2, run.code());
    assertTrue(run.err().contains("--format and --output exclude each other"), run.err());
  }
}
