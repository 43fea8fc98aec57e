package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyImportCommandTest {
  private static final String SOURCE =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: health, namespace: shop}
      spec:
        rules:
        - to: [{operation: {methods: [GET], paths: [/healthz]}}]
      """;
  private static final String DENIAL =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: no-admin, namespace: shop}
      spec:
        action: DENY
        rules:
        - to: [{operation: {ports: ["9090"], paths: [/admin]}}]
      """;
  private static final String POLICY =
      """
      version: gat/v1
      service: shop
      audience: orders
      rules:
        # from health rule 1
        - name: health-rule-1
          methods: [GET]
          paths: [/healthz]
          public: true
      """;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("health.yaml"), SOURCE);
  }

  @Test
  void printsAPolicyThatCheckTakesAndListsWhatIsToDo() throws IOException {
    Run run = Run.gat("policy", "import", file.toString(), "--audience", "orders");
    assertEquals(0, run.code(), run.err());
    assertEquals(POLICY, run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith(file + ":1:1: to do: "), run.err());
    Path policy = folder.resolve("policy.yaml");
    Run written =
        Run.gat(
            "policy",
            "import",
            "--audience=orders",
            "--output-file",
            policy.toString(),
            file.toString());
    assertEquals("", written.out());
    assertEquals(POLICY, Files.readString(policy));
    assertEquals(0, Run.gat("policy", "check", policy.toString()).code());
    assertEquals(0, Run.gat("policy", "fmt", "--check", policy.toString()).code());
  }

  @Test
  void saysLoudlyThatADenialIsNotCarriedOver() throws IOException {
    Path denial = Files.writeString(folder.resolve("denial.yaml"), DENIAL);
    Run run = Run.gat("policy", "import", file.toString(), denial.toString());
    assertEquals(1, run.code());
    assertTrue(run.err().startsWith(denial + ":7:31: DENIAL NOT CARRIED OVER: "), run.err());
    assertTrue(run.err().contains("\nNOT A FULL IMPORT: 1 denial could"), run.err());
    assertTrue(run.out().contains("paths: [/admin]\n    deny: true\n"), run.out());
  }

  @Test
  void readsTheStandardInputAndAnswersInJson() {
    Run run = Run.withInput(SOURCE, "policy", "import", "-", "--output", "json");
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("{\n  \"policy\": \"version: gat/v1\\nservice"), run.out());
    assertTrue(run.out().contains("\"kind\": \"to_do\",\n      \"file\": \"-\""), run.out());
  }

  @Test
  void refusesWhatItCannotRead() throws IOException {
    Files.writeString(file, "a: [");
    Run run = Run.gat("policy", "import", file.toString());
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith(file + ":1:5: not valid YAML"), run.err());
    assertEquals(2, Run.gat("policy", "import", folder.resolve("absent").toString()).code());
    assertEquals(2, Run.gat("policy", "import", file.toString(), "--audience", "a b").code());
    Path nowhere = folder.resolve("no/such/folder.yaml");
    Files.writeString(file, SOURCE);
    Run unwritable =
        Run.gat("policy", "import", file.toString(), "--output-file", nowhere.toString());
    assertEquals(2, unwritable.code());
    assertEquals(1, unwritable.err().lines().count(), unwritable.err());
  }
}
