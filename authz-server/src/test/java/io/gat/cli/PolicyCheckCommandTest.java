package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyCheckCommandTest {
  private static final String GOOD =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: [orders:read]}
      """;

  @TempDir private Path folder;
  private Path file;

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
      assertTrue(run.out().startsWith("ok: 1 service, policy "), run.out());
      assertEquals("", run.err());
    }
  }

  @Test
  void refusesABadFileWithPlaceAndRemedy() throws IOException {
    Files.writeString(file, GOOD.replace("methods:", "metods:"));
    Run run = Run.gat("policy", "check", file.toString());
    assertEquals(1, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith(file + ":6:18: rules[0].metods: "), run.err());
    Run json = Run.gat("policy", "check", "--output", "json", file.toString());
    assertEquals(1, json.code());
    assertTrue(json.out().startsWith("{\n  \"ok\": false,\n  \"problems\": ["), json.out());
    assertTrue(json.out().contains("\"line\": 6,\n      \"column\": 18,"), json.out());
  }

  @Test
  void judgesAllPathsAsOneSet() throws IOException {
    Path other = folder.resolve("other.yaml");
    Files.writeString(other, GOOD.replace("service: orders", "service: other"));
    Run run = Run.gat("policy", "check", file.toString(), other.toString());
    assertEquals(1, run.code(), "one host in two services");
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
    assertEquals(
        file + ":7:9: values: there is no environment `prd`; did you mean `prod`?",
        typo.err().strip());
  }

  @Test
  void saysThatAFileIsNotThere() {
    Run run = Run.gat("policy", "check", folder.resolve("absent.yaml").toString());
    assertEquals(2, run.code());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("absent.yaml"), run.err());
  }
}
