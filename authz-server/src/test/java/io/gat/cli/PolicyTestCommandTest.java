package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyTestCommandTest {
  private static final String POLICY =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: [orders:read]}
        - {name: health, paths: ["/healthz"], public: true}
      """;

  private static final String TESTS =
      """
      version: gat/v1
      tests: orders
      tokens: {reader: {audience: orders, scopes: [orders:read]}, old: {like: reader, age: 10m}}
      requests: {list: {host: orders.example, path: "/v1/orders"}}
      table: {list: {reader: ok, old: expired, none: no_token}}
      """;

  @TempDir private Path folder = Path.of("");
  private Path test = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("orders.yaml"), POLICY);
    test = folder.resolve("orders_test.yaml");
    Files.writeString(test, TESTS);
  }

  private void fail() throws IOException {
    Files.writeString(test, TESTS.replace("old: expired", "old: ok"));
  }

  private Run run(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "policy";
    arguments[1] = "test";
    System.arraycopy(options, 0, arguments, 2, options.length);
    arguments[options.length + 2] = folder.toString();
    return Run.gat(arguments);
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = PolicyTestCommandTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String plain(String text) {
    return text.replace(folder + "/", "");
  }

  @Test
  void saysYesWhereAllPass() {
    Run run = run();
    assertEquals(0, run.code(), run.err());
    assertEquals(
        """
        orders_test.yaml: orders
          ✓ list × reader
          ✓ list × old
          ✓ list × none

        3 cases, all passed
        coverage: 50 % (1 of 2 rules and outcomes of conditions)
          orders.yaml:7:5: orders/health: no test reaches it
        """,
        plain(run.out()));
    assertEquals("", run.err());
  }

  @Test
  void saysNoAndWhyWhereOneFails() throws IOException {
    fail();
    Run run = run();
    assertEquals(1, run.code());
    assertTrue(
        plain(run.out())
            .contains(
                """
                  ✗ list × old
                      orders_test.yaml:5:33
                      expected reason ok, got expired
                      the answer: deny, reason expired, service orders, rule read
                """),
        run.out());
    Run json = run("--output", "json");
    assertEquals(1, json.code());
    assertEquals(golden("policy-test.json"), plain(json.out()));
  }

  @Test
  void writesJunit() throws IOException {
    fail();
    Path file = folder.resolve("junit.xml");
    assertEquals(1, run("--junit", file.toString()).code());
    String xml = Files.readString(file);
    assertTrue(
        xml.contains("<testsuites name=\"gat policy test\" tests=\"3\" failures=\"1\""), xml);
    Run run = run("--junit", folder.resolve("absent/junit.xml").toString());
    assertEquals(2, run.code());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void saysNoWhereTooLittleIsCovered() {
    assertEquals(0, run("--min-coverage", "50").code());
    Run run = run("--min-coverage", "51");
    assertEquals(1, run.code());
    assertEquals(
        "the coverage is 50 %, less than --min-coverage 51; test what is listed as not covered\n",
        run.err());
    assertEquals(2, run("--min-coverage", "101").code());
    assertEquals(2, run("--min-coverage", "most").code());
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    Files.writeString(test, TESTS.replace("age:", "aeg:"));
    Run run = run();
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertEquals(
        "orders_test.yaml:3:81: tokens.old.aeg: unknown key `aeg`; did you mean `age`?\n",
        plain(run.err()));
    Run json = run("--output", "json");
    assertEquals(2, json.code());
    assertTrue(json.out().startsWith("{\n  \"ok\": false,\n  \"problems\": ["), json.out());

    Files.writeString(test, TESTS);
    Files.writeString(folder.resolve("orders.yaml"), POLICY.replace("scopes:", "scope:"));
    assertEquals(2, run().code());
  }

  private Path config(String more) throws IOException {
    Files.writeString(folder.resolve("jwks.json"), "{\"keys\": []}");
    return Files.writeString(
        folder.resolve("gat.conf"),
        """
        gat:
          roles: [authz]
          authz:
            policy: .
            %s
            trust:
              - issuer: "https://idp.example"
                algorithms: [RS256]
                claims: {scope: scp}
                keys: {file: jwks.json}
        """
            .formatted(more));
  }

  /** As the server will when it loads the folder. */
  @Test
  void decidesAsAConfigurationSays() throws IOException {
    Path usual = config("leeway: 5s");
    Path lenient = Files.move(config("leeway: 5m"), folder.resolve("lenient.conf"));
    Files.move(config("leeway: 5s"), usual, StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        test, TESTS.replace("age: 10m", "age: 4m").replace("expired", "{reason: expired}"));
    assertEquals(0, Run.gat("policy", "test", "--config", usual.toString()).code());
    Run run = Run.gat("policy", "test", "--config", lenient.toString());
    assertEquals(1, run.code(), run.err());
    assertTrue(run.out().contains("expected reason expired, got ok"), run.out());
    assertEquals(
        1, Run.gat("policy", "test", "--config", lenient.toString(), test.toString()).code());
    assertEquals(0, run().code());
  }

  @Test
  void takesTheValuesOfTheConfiguredEnvironment() throws IOException {
    Path production = config("environment: production");
    Files.writeString(
        folder.resolve("orders.yaml"),
        POLICY
            .replace("orders:read", "\"${scope}\"")
            .replace(
                "rules:",
                "values: {default: {scope: none}, production: {scope: 'orders:read'}}\nrules:"));
    assertEquals(1, run().code());
    Run run = Run.gat("policy", "test", "--config", production.toString());
    assertEquals(0, run.code(), run.out() + run.err());
  }

  @Test
  void needsToKnowWhatToTest() {
    Run run = Run.gat("policy", "test");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("give a PATH, or --config FILE"), run.err());
  }

  @Test
  void saysThatThereAreNoTests() throws IOException {
    Files.delete(test);
    Run run = run();
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().contains("there is no *_test.yaml in it or below"), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }
}
