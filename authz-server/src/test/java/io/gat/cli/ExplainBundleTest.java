package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that work with the policy of a configuration, which is a signed bundle. */
final class ExplainBundleTest {
  @TempDir private Path folder = Path.of("");
  private HttpServer publisher;
  private volatile byte[] published = {};

  @BeforeEach
  void publish() throws IOException {
    Path policy = Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        policy.resolve("orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: health, paths: ["/healthz"], public: true}
        """);
    Files.writeString(
        policy.resolve("orders_test.yaml"),
        """
        version: gat/v1
        tests: orders
        cases: [{name: open, request: {host: orders.example, path: /healthz}, token: none, expect: ok}]
        """);
    Run built =
        Run.gat(
            "policy",
            "bundle",
            "build",
            policy.toString(),
            "--key",
            folder.resolve("key.json").toString(),
            "--output-file",
            folder.resolve("b.tar").toString());
    assertEquals(0, built.code(), built.err());
    published = Files.readAllBytes(folder.resolve("b.tar"));
    publisher = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    publisher.createContext(
        "/b.tar",
        exchange -> {
          byte[] bytes = published;
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    publisher.start();
    Files.writeString(folder.resolve("jwks.json"), "{\"keys\": []}");
    Files.writeString(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [authz]
          authz:
            policy:
              bundle: {url: "http://127.0.0.1:%d/b.tar", key: key.json.pub}
            trust:
              - {issuer: "https://gat.example", algorithms: [ES256], keys: {file: jwks.json}}
        """
            .formatted(publisher.getAddress().getPort()));
  }

  @AfterEach
  void end() {
    publisher.stop(0);
  }

  private Run explain() {
    return Run.gat(
        "policy",
        "explain",
        "--config",
        folder.resolve("gat.yaml").toString(),
        "--host",
        "orders.example",
        "--path",
        "/healthz");
  }

  @Test
  void explainsByTheBundleThatIsPublished() {
    Run run = explain();
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("allow by orders/health"), run.out());
    assertTrue(run.out().contains("/b.tar/orders.yaml:2"), run.out());
  }

  @Test
  void refusesABundleThatNobodySignedSo() {
    byte[] changed = published.clone();
    for (int i = 0; i < changed.length - 6; i++) {
      if (new String(changed, i, 6, StandardCharsets.ISO_8859_1).equals("public")) {
        changed[i] = 'P';
      }
    }
    published = changed;
    Run run = explain();
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains("its hash differs"), run.err());
  }

  @Test
  void runsTheBundlesTests() {
    Run run = Run.gat("policy", "test", "--config", folder.resolve("gat.yaml").toString());
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("1 case"), run.out());
  }
}
