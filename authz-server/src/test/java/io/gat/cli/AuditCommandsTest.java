package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditDraft;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditLog;
import io.gat.audit.CheckpointFile;
import io.gat.audit.CheckpointSigner;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.EmbeddedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gat audit …} against a real log in a folder. */
final class AuditCommandsTest {
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private static final Instant NOW = Instant.parse("2026-11-26T07:00:00Z");
  private static final String CHECKOUT = "spiffe://cluster.local/ns/shop/sa/checkout";

  @TempDir private Path folder;
  private String config = "";

  @BeforeEach
  void writes() throws Exception {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [issuer]
          issuer:
            url: "https://gat.example"
            log: {embedded: data/}
            issuance: policy/issuance.yaml
        """);
    Path policy = Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        policy.resolve("issuance.yaml"),
        """
        version: gat/v1
        issuance: shop
        rules:
          - name: checkout-orders
            principals: ["%s", "k8s:shop/batch"]
            audiences: [orders]
            scopes: [orders:read, orders:write, orders:admin]
            max-ttl: 60s
            narrow: true
          - name: web-carts
            principals: ["k8s:shop/web"]
            audiences: [cart]
            scopes: [cart:read]
        """
            .formatted(CHECKOUT));
    Files.writeString(
        policy.resolve("orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: read, methods: [GET], paths: ["/orders/{id}"], scopes: [orders:read]}
          - {name: write, methods: [PUT], paths: ["/orders/{id}"], scopes: [orders:write]}
        """);
    config = file.toString();
    Path data = folder.resolve("data");
    try (EmbeddedLog log = EmbeddedLog.open(data, () -> NOW, "the test");
        AuditLog audit =
            AuditLog.open(
                log,
                CheckpointSigner.of(() -> KEY),
                new CheckpointFile(data.resolve("audit-checkpoints.jsonl")),
                () -> NOW)) {
      for (AuditEvent event :
          List.of(
              issued("alice", CHECKOUT, "checkout", List.of("orders:read", "orders:write")),
              issued("bob", "k8s:shop/batch", "batch", List.of("orders:read")),
              AuditEvent.about(
                      Action.REVOKED, Outcome.DONE, new Actor(Actor.Kind.OPERATOR, "olga", "T9"))
                  .withSubject("alice")
                  .withReason("laptop \u202elost")
                  .event())) {
        audit.record(event).join();
      }
    }
    Files.writeString(folder.resolve("keys.json"), KEY.publicJwks());
  }

  private static AuditEvent issued(
      String subject, String principal, String client, List<String> scopes) {
    return issuing(subject, principal, client, scopes).withRule("shop/checkout-orders").event();
  }

  private static AuditDraft issuing(
      String subject, String principal, String client, List<String> scopes) {
    return AuditEvent.about(
            Action.TOKEN_ISSUED, Outcome.DONE, new Actor(Actor.Kind.CALLER, principal, ""))
        .withSubject(subject)
        .withClient(client)
        .withAudiences(List.of("orders"))
        .withScopes(scopes)
        .withTokenId("T-" + subject);
  }

  private Run audit(String command, String... more) {
    return Run.gat(
        Stream.concat(Stream.of("audit", command, "--config", config), Stream.of(more))
            .toArray(String[]::new));
  }

  private void inDatabase(String sql, Object... values) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      assertEquals(1, statement.executeUpdate());
    }
  }

  private Path database() {
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      return files
          .filter(f -> f.toString().endsWith(".db") || f.toString().endsWith(".sqlite"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void findsBySubjectAndShowsATable() {
    Run run = audit("search", "--subject", "alice");
    assertEquals(0, run.code(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(3, lines.size(), run.out());
    assertTrue(lines.get(0).startsWith("TIME (UTC)"), run.out());
    assertTrue(lines.get(1).contains("token_issued"), run.out());
    assertTrue(lines.get(2).contains("operator olga"), run.out());
    assertTrue(lines.get(2).contains("laptop ?lost"), "nothing turns the terminal around");
  }

  @Test
  void findsAsJsonLines() throws Exception {
    Run run = audit("search", "--action", "revoked", "--output", "json");
    assertEquals(0, run.code(), run.err());
    Map<String, Object> found = StrictJson.object(run.out().strip());
    assertEquals("revoked", found.get("action"));
    assertEquals("embedded", found.get("writer"));
    assertEquals(4L, found.get("position"));
    assertEquals("2026-11-26T07:00:00Z", found.get("time"));
  }

  @Test
  void showsTheNewestLast() {
    Run run = audit("search", "--limit", "1");
    assertTrue(run.out().contains("revoked"), run.out());
    assertFalse(run.out().contains("token_issued"), run.out());
    assertEquals(4, audit("search", "--limit", "0").out().lines().count());
  }

  @Test
  void saysThatThereIsNone() {
    assertEquals(1, audit("search", "--subject", "nobody").code());
    assertEquals(1, audit("search", "--since", "2026-11-27").code());
    assertEquals(1, audit("search", "--until", "2026-11-26").code());
    assertEquals(0, audit("search", "--token-id", "T9").code());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    Run action = audit("search", "--action", "revoke");
    assertEquals(2, action.code());
    assertTrue(action.err().contains("did you mean `revoked`?"), action.err());
    assertEquals(2, audit("search", "--since", "yesterday").code());
    assertEquals(2, Run.gat("audit", "search").code());
    assertEquals(2, Run.gat("audit", "search", "--file", "no-such-file").code());
  }

  @Test
  void theUntouchedLogIsAsItWasWritten() {
    Run run = audit("verify", "--keys", folder.resolve("keys.json").toString());
    assertEquals(0, run.code(), run.out() + run.err());
    assertEquals("", run.err());
    assertEquals("as it was written: 5 records of 1 writer, 2 checkpoints\n", run.out());
    assertTrue(audit("verify").err().contains(KEY.kid()), "says whose key that is");
  }

  @Test
  void printsTheKeysThatLaterLogsAreVerifiedBy() throws Exception {
    Run keys = audit("keys");
    assertEquals(0, keys.code(), keys.err());
    Path file = folder.resolve("printed.json");
    Files.writeString(file, keys.out());
    Run run = audit("verify", "--keys", file.toString());
    assertEquals(0, run.code(), run.out() + run.err());
    assertEquals("", run.err());
    SigningKey another = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
    Files.writeString(file, another.publicJwks());
    assertEquals(1, audit("verify", "--keys", file.toString()).code());
    assertEquals(1, Run.withInput("", "audit", "keys", "--file", "-").code());
  }

  @Test
  void namesTheRecordThatWasEdited() throws Exception {
    inDatabase(
        "UPDATE audit_record SET payload = CAST(replace(CAST(payload AS TEXT), 'alice', 'malou')"
            + " AS BLOB) WHERE position = ?",
        2);
    Run run = audit("verify");
    assertEquals(1, run.code(), run.err());
    assertTrue(
        run.out()
            .startsWith(
                "position 2, writer embedded, sequence 2, at 2026-11-26T07:00:00Z, edited:"),
        run.out());
    assertTrue(run.out().contains("CHANGED"), run.out());
  }

  @Test
  void everyEditedPayloadInTheDatabaseIsFound() throws Exception {
    for (int position = 1; position <= 5; position++) {
      inDatabase(
          "UPDATE audit_record SET payload = CAST(payload || ' ' AS BLOB) WHERE position = ?",
          position);
      Run run = audit("verify", "--output", "json");
      assertEquals(1, run.code(), "position " + position);
      assertTrue(run.out().contains("\"position\": " + position + ","), run.out());
      inDatabase(
          "UPDATE audit_record SET payload ="
              + " CAST(substr(CAST(payload AS TEXT), 1, length(payload) - 1) AS BLOB)"
              + " WHERE position = ?",
          position);
    }
    assertEquals(0, audit("verify").code());
  }

  @Test
  void missesWhatWasRemoved() throws Exception {
    inDatabase("DELETE FROM audit_record WHERE position = ?", 3);
    Run run = audit("verify", "--output", "json");
    assertEquals(1, run.code());
    assertTrue(run.out().contains("\"kind\": \"missing\""), run.out());
    assertTrue(run.out().contains("\"sequence\": 3"), run.out());
  }

  @Test
  void missesTheEnd() throws Exception {
    inDatabase("DELETE FROM audit_record WHERE position = ?", 5);
    Run run = audit("verify");
    assertEquals(1, run.code());
    assertTrue(run.out().contains("cut: the chain ends at record 4"), run.out());
    Path away = folder.resolve("away.jsonl");
    Files.move(folder.resolve("data/audit-checkpoints.jsonl"), away);
    assertEquals(1, audit("verify").code(), "the configured file must be there");
    assertEquals(1, audit("verify", "--checkpoints", away.toString()).code());
  }

  @Test
  void anExportVerifies() throws Exception {
    Run export = audit("export");
    assertEquals(0, export.code());
    assertEquals(5, export.out().lines().count());
    Path file = folder.resolve("export.jsonl");
    Files.writeString(file, export.out());
    String checkpoints = folder.resolve("data/audit-checkpoints.jsonl").toString();
    Run run = Run.gat("audit", "verify", "--file", file.toString(), "--checkpoints", checkpoints);
    assertEquals(0, run.code(), run.out());
    Files.writeString(file, export.out().replaceFirst("alice", "malou"));
    run = Run.gat("audit", "verify", "--file", file.toString());
    assertEquals(1, run.code());
    assertTrue(run.out().startsWith("line 2, writer embedded, sequence 2"), run.out());
    assertTrue(run.err().contains("without --checkpoints"), run.err());
    assertEquals(
        0,
        Run.withInput(export.out(), "audit", "search", "--file", "-", "--subject", "alice").code());
  }

  @Test
  void aPartOfAnExportVerifiesAsAPart() throws Exception {
    Run export = audit("export", "--after", "2");
    Path file = folder.resolve("part.jsonl");
    Files.writeString(file, export.out());
    assertEquals(1, Run.gat("audit", "verify", "--file", file.toString()).code());
    assertEquals(0, Run.gat("audit", "verify", "--file", file.toString(), "--partial").code());
    assertEquals(0, audit("export", "--since", "2026-11-27").out().length());
  }

  @Test
  void theFileOfCheckpointsIsPrivate() throws Exception {
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("data/audit-checkpoints.jsonl"))));
  }

  @Test
  void nobodyCanTellWhatWasUsedWithoutAllowedCalls() {
    Run run =
        audit("unused", "--since", "2026-11-25", "--policy", folder.resolve("policy").toString());
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains("nobody can tell which granted scopes are used"), run.err());
    assertTrue(run.out().contains("shop/web-carts: cart:read"), run.out());
    assertTrue(run.out().contains("shop/checkout-orders: orders:admin"), run.out());
    assertFalse(run.out().contains("GRANTED AND NEVER USED"), run.out());
  }

  @Test
  void proposesWhatWouldHaveBeenEnough() throws Exception {
    Path records = folder.resolve("decisions.jsonl");
    Files.writeString(
        records, decision("read", "checkout") + "\n" + decision("read", "batch") + "\n");
    Run run =
        audit(
            "unused",
            "--since",
            "2026-11-25",
            "--policy",
            folder.resolve("policy").toString(),
            "--records",
            records.toString());
    assertEquals(1, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("unused: orders:write for orders"), run.out());
    assertTrue(run.out().contains("used:   orders:read for orders"), run.out());
    assertTrue(
        run.out()
            .contains(
                """
                version: gat/v1
                issuance: shop
                rules:
                  - name: checkout-orders
                    principals: ["k8s:shop/batch", "spiffe://cluster.local/ns/shop/sa/checkout"]
                    audiences: ["orders"]
                    scopes: ["orders:read"]
                    max-ttl: 60s
                    narrow: true
                  # web-carts: nobody has used it; remove it
                """),
        run.out());
  }

  @Test
  void givesEachPrincipalWhatItUsed() throws Exception {
    Path records = folder.resolve("decisions.jsonl");
    Files.writeString(
        records, decision("write", "checkout") + "\n" + decision("read", "batch") + "\n");
    Run run =
        audit(
            "unused",
            "--since",
            "2026-11-25",
            "--policy",
            folder.resolve("policy").toString(),
            "--output",
            "json",
            "--records",
            records.toString());
    assertEquals(1, run.code(), run.err());
    assertTrue(run.out().contains("name: checkout-orders-2"), run.out());
  }

  @Test
  void whatTheRuleIsNobodyKnowsCountsAsUsed() throws Exception {
    Path records = folder.resolve("decisions.jsonl");
    Files.writeString(records, decision("gone", "checkout") + "\n");
    Run run =
        audit(
            "unused",
            "--since",
            "2026-11-25",
            "--policy",
            folder.resolve("policy").toString(),
            "--records",
            records.toString());
    assertFalse(run.out().contains("unused: orders:write"), run.out());
    assertTrue(run.out().contains("1 of them by rules that the policy does not have"), run.out());
  }

  private static String decision(String rule, String client) {
    return """
        {"time":"2026-11-26T08:00:00Z","decision":"allow","reason":"ok","service":"orders",\
        "rule":"%s","client":"%s","audience":["orders"],"scope":"orders:read orders:write",\
        "token_id":"T","duration_us":10}"""
        .formatted(rule, client);
  }

  @Test
  void nobodyCanTellWhatRulesGrantInVainWhereNoIssuanceNamesOne() throws Exception {
    Path file = folder.resolve("no-rules.yaml");
    Files.writeString(file, Files.readString(Path.of(config)).replace("data/", "data2/"));
    try (EmbeddedLog log = EmbeddedLog.open(folder.resolve("data2"), () -> NOW, "the test");
        AuditLog audit =
            AuditLog.open(log, CheckpointSigner.of(() -> KEY), signed -> {}, () -> NOW)) {
      audit.record(issuing("alice", CHECKOUT, "checkout", List.of("orders:read")).event()).join();
    }
    Path records = folder.resolve("decisions.jsonl");
    Files.writeString(records, decision("read", "checkout") + "\n");
    Run run =
        Run.gat(
            "audit",
            "unused",
            "--config",
            file.toString(),
            "--since",
            "2026-11-25",
            "--policy",
            folder.resolve("policy").toString(),
            "--records",
            records.toString());
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains("no recorded issuance names a rule"), run.err());
    assertFalse(run.out().contains("NEVER GRANTED"), run.out());
    assertFalse(run.out().contains("remove it"), run.out());
  }
}
