package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyDiffCommandTest {
  private static final String OLD =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders", "/v1/orders/{id}"], scopes: [orders:read], max-age: 60s}
        - {name: health, paths: ["/healthz"], public: true}
        - {name: write, methods: [PUT], paths: ["/v1/orders/{id}"], scopes: [orders:write]}
      """;

  private static final String NEW =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example, www.example]
      audience: orders
      rules:
        - {name: health, methods: [GET], paths: ["/healthz"], public: true}
        - {name: look, methods: [GET], paths: ["/v1/orders", "/v1/orders/{id}"], scopes: [orders:read], max-age: 5m}
        - name: change
          methods: [PUT, PATCH]
          paths: ["/v1/orders/{id}"]
          scopes: [orders:write]
          when: |-
            token.claims.tenant == 'acme' &&
              path.id != 'x'
      ---
      version: gat/v1
      issuance: shop
      rules:
        - {name: ci, principals: ["k8s:shop/ci"], audiences: [orders], scopes: [orders:read]}
      """;

  @TempDir private Path folder;
  private Path before;
  private Path after;

  @BeforeEach
  void write() throws IOException {
    before = Files.createDirectory(folder.resolve("old")).resolve("orders.yaml");
    after = Files.createDirectory(folder.resolve("new")).resolve("orders.yaml");
    Files.writeString(before, OLD);
    Files.writeString(after, NEW);
  }

  private Run diff(String... more) {
    String[] arguments = new String[more.length + 4];
    arguments[0] = "policy";
    arguments[1] = "diff";
    arguments[2] = folder.resolve("old").toString();
    arguments[3] = folder.resolve("new").toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return Run.gat(arguments);
  }

  /** With the folder's own name taken out. */
  private String shown(Run run) {
    return run.out().replace(folder.toString(), "");
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = PolicyDiffCommandTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A person who waits sees how far it is; a pipeline's log stays as it is. */
  @Test
  void showsProgressToAPersonOnly() throws IOException {
    String line =
        "{\"time\":\"2026-11-26T12:00:00Z\",\"decision\":\"allow\",\"reason\":\"ok\",\"method\":\"GET\","
            + "\"service\":\"orders\",\"host\":\"orders.example\",\"path\":\"/healthz\"}\n";
    Path records = Files.writeString(folder.resolve("many"), line.repeat(20_001));
    String[] command = {
      "policy", "diff", "--replay", records.toString(), before.toString(), before.toString()
    };
    assertEquals("", Run.gat(command).err());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console watched =
        new Console(
            new PrintStream(out), new PrintStream(err), InputStream.nullInputStream(), true);
    Commands.create(
            watched,
            (config, decisions) -> {
              throw new AssertionError("no server");
            },
            Map.of())
        .execute(command);
    assertEquals(
        "\rreplayed 10,000 calls\rreplayed 20,000 calls\r\u001b[K",
        err.toString(StandardCharsets.UTF_8));
    assertFalse(out.toString(StandardCharsets.UTF_8).contains("\r"));
  }

  @Test
  void textIsReadableAtAPullRequest() throws IOException {
    Run run = diff();
    assertEquals(golden("policy-diff.txt"), shown(run));
    assertEquals(1, run.code());
    assertEquals("", run.err());
  }

  @Test
  void jsonHasEverything() throws IOException {
    Run run = diff("--output", "json");
    assertEquals(golden("policy-diff.json"), shown(run));
    assertEquals(1, run.code());
  }

  @Test
  void nothingOpensBackwardsButWhatIsNotComparable() throws IOException {
    Files.writeString(after, OLD.replace("scopes: [orders:write]", "scopes: [orders:write, x]"));
    Run run = diff();
    assertEquals(0, run.code(), run.out());
    assertTrue(run.out().endsWith("1 tightened: nothing opens\n"), run.out());
  }

  @Test
  void layoutAndNamesChangeNothing() throws IOException {
    Files.writeString(after, "# moved\n" + OLD.replace("name: read", "name: other"));
    Run run = diff();
    assertEquals(0, run.code());
    assertEquals("nothing changes in meaning\n", run.out());
  }

  @Test
  void environmentChoosesTheValues() throws IOException {
    String values =
        OLD.replace("audience: orders", "audience: \"${a}\"")
            + "values: {default: {a: orders}, test: {a: other}}\n";
    Files.writeString(after, values);
    assertEquals(0, diff().code());
    Run run = diff("--environment", "test");
    assertEquals(2, diff("--environment", "nowhere").code());
    assertTrue(run.out().contains("audience: orders -> other"), run.out());
    assertEquals(1, run.code());
  }

  @Test
  void inputThatCannotBeUsedIsNoAnswer() throws IOException {
    Files.writeString(after, NEW.replace("methods:", "metods:"));
    Run refused = diff();
    assertEquals(2, refused.code());
    assertEquals("", refused.out());
    assertTrue(refused.err().startsWith(after + ":6:"), refused.err());
    Files.delete(after);
    Run absent = diff();
    assertEquals(2, absent.code());
    assertEquals(1, absent.err().lines().count(), absent.err());
  }

  @Test
  void replayCountsTheCallsThatAreDecidedOtherwise() throws IOException {
    Path records = folder.resolve("records.jsonl");
    String call =
        "{\"time\":\"2026-01-05T10:00:00Z\",\"decision\":\"deny\",\"reason\":\"too_old\","
            + "\"service\":\"orders\",\"rule\":\"read\",\"method\":\"GET\",\"host\":\"orders.example\","
            + "\"path\":\"/v1/orders/7\",\"issuer\":\"i\",\"audience\":[\"orders\"],"
            + "\"scope\":\"orders:read orders:write\",\"token_id\":\"t\",\"age_ms\":90000}\n";
    String health =
        "{\"time\":\"2026-01-05T10:00:00Z\",\"decision\":\"allow\",\"reason\":\"ok\","
            + "\"service\":\"orders\",\"rule\":\"health\",\"method\":\"POST\",\"host\":\"orders.example\","
            + "\"path\":\"/healthz\"}\n";
    String put =
        call.replace("\"GET\"", "\"PUT\"").replace("too_old", "ok").replace("deny", "allow");
    // What a candidate said then has nothing to do with either set.
    String tried =
        call.replace(
            "}\n",
            ",\"shadow\":{\"decision\":\"allow\",\"reason\":\"ok\",\"service\":\"orders\","
                + "\"rule\":\"new\"}}\n");
    Files.writeString(records, call + health + tried + put);
    Run run = diff("--replay", records.toString());
    assertEquals(1, run.code());
    assertEquals(
        """
        replay of 4 calls
                2  orders GET /v1/orders/{id}: too_old -> ok, newly allowed
                1  orders POST /healthz: ok -> no_rule
                1  orders PUT /v1/orders/{id}: unknown, hangs on token.claims
        3 decided otherwise, 1 hang on what records do not have
        """,
        run.out().substring(run.out().indexOf("replay of")));
    Run json = diff("--replay", records.toString(), "--output", "json");
    assertTrue(json.out().contains("\"changed_calls\": 3,"), json.out());
    Files.writeString(records, call + "{\"time\":1}\n");
    Run bad = diff("--replay", records.toString());
    assertEquals(2, bad.code());
    assertEquals("", bad.out());
    assertTrue(
        bad.err().startsWith(records + ":2:1: not a decision record: there is no `time`"),
        bad.err());
    assertEquals(2, diff("--replay", folder.resolve("none").toString()).code());
  }

  @Test
  void replayReadsStandardInput() {
    Run run =
        Run.withInput(
            "not json\n", "policy", "diff", before.toString(), before.toString(), "--replay", "-");
    assertEquals(2, run.code());
    assertTrue(run.err().startsWith("standard input:1:1: not a decision record"), run.err());
  }
}
