package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.config.ConfigReader;
import io.gat.config.IssuerConfig;
import io.gat.issue.caller.TestCallers;
import io.gat.issue.ruling.Ask;
import io.gat.issue.ruling.Ruling;
import io.gat.keys.CryptoProvider;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The issuance policy of a running issuer: its files, their tests, and what is configured. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class OpenIssuanceTest {
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir private Path folder = Path.of("");

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Path beside = folder.resolve("new");
    Files.writeString(beside, text);
    Files.move(
        beside,
        path,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static String rules(String scope, String more) {
    return """
    version: gat/v1
    issuance: shop
    rules:
      - {name: reads, principals: "client:shop", audiences: orders, scopes: [%s]%s}
    """
        .formatted(scope, more);
  }

  private static String test(String scope) {
    return """
    version: gat/v1
    tests: shop
    issuance:
      - {name: a, principal: "client:shop", audience: orders, scopes: [%s], expect: granted}
    """
        .formatted(scope);
  }

  private IssuerConfig config(String more) throws IOException {
    String text =
        """
        gat:
          roles: [issuer]
          issuer: {url: "https://gat.example", log: {embedded: data/}%s}
        """
            .formatted(more);
    Path file = folder.resolve("gat.yaml");
    Files.writeString(file, text);
    return switch (ConfigReader.read(file)) {
      case ConfigReader.Result.Read read -> read.config().issuer().orElseThrow();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private static ControlPlane plane(IssuerConfig config) throws StartException {
    return ControlPlane.open(config, "test", CRYPTO, Duration.ofSeconds(5), CLOCK);
  }

  private static Ruling asks(OpenIssuance issuance, String scope) {
    return issuance.rule(
        new Ask(
            TestCallers.named("client:shop"),
            Optional.empty(),
            "orders",
            List.of(scope),
            null,
            Optional.empty(),
            Map.of(),
            List.of(),
            ""),
        Instant.now());
  }

  private static boolean gives(OpenIssuance issuance, String scope) {
    return asks(issuance, scope) instanceof Ruling.Granted;
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static List<String> changes(ControlPlane plane) {
    return plane.log().read(0, 1_000, Set.of(Topic.AUDIT)).stream()
        .map(LogRecord::payload)
        .filter(payload -> payload.contains("policy_changed"))
        .toList();
  }

  private static void says(String payload, String name, String hash) {
    assertTrue(payload.contains("\"" + name + "\":\"" + hash + "\""), payload);
  }

  @Test
  void followsItsFilesAndKeepsTheLastGoodOne() throws Exception {
    write("policy/i.yaml", rules("r", ""));
    write("policy/i_test.yaml", test("r"));
    IssuerConfig config = config(", issuance: policy/");
    try (ControlPlane plane = plane(config);
        OpenIssuance issuance = ConfiguredIssuance.open(config, plane, CRYPTO, CLOCK)) {
      assertTrue(gives(issuance, "r"));
      assertTrue(!gives(issuance, "w"));
      String first = issuance.hash();
      write("policy/i.yaml", rules("w", ""));
      write("policy/i_test.yaml", test("w"));
      await(() -> gives(issuance, "w"));
      assertTrue(!gives(issuance, "r"));
      String second = issuance.hash();
      assertTrue(!first.equals(second));
      assertEquals(Set.of("w"), issuance.policy().rules().getFirst().scopes());
      // A test that fails, then what does not compile; what comes after it shows it was looked at.
      write("policy/i.yaml", rules("x", ""));
      write("policy/j.yaml", "version: gat/v1\nissuance: [");
      write("policy/j_test.yaml", test("r"));
      Files.delete(folder.resolve("policy/j.yaml"));
      Files.delete(folder.resolve("policy/j_test.yaml"));
      write("policy/i.yaml", rules("w, v", ""));
      await(() -> gives(issuance, "v"));
      await(() -> changes(plane).size() >= 3);
      says(changes(plane).getFirst(), "policy", first);
      says(changes(plane).get(1), "before", first);
      says(changes(plane).getLast(), "policy", issuance.hash());
    }
  }

  @Test
  void withoutAPolicyNobodyGetsAnything() throws Exception {
    IssuerConfig config = config("");
    try (ControlPlane plane = plane(config);
        OpenIssuance issuance = ConfiguredIssuance.open(config, plane, CRYPTO, CLOCK)) {
      assertEquals(
          "unknown_principal", assertInstanceOf(Ruling.Refused.class, asks(issuance, "r")).code());
      assertEquals(List.of(), issuance.policy().rules());
    }
  }

  @Test
  void limitsAreThoseConfigured() throws Exception {
    write("i.yaml", rules("r", ""));
    IssuerConfig config =
        config(", issuance: i.yaml, limits: {per-principal: {rate: 1/h, burst: 3}}");
    try (ControlPlane plane = plane(config);
        OpenIssuance issuance = ConfiguredIssuance.open(config, plane, CRYPTO, CLOCK)) {
      for (int i = 0; i < 3; i++) {
        assertTrue(gives(issuance, "r"));
      }
      Ruling.Throttled later = assertInstanceOf(Ruling.Throttled.class, asks(issuance, "r"));
      assertTrue(later.retryAfter().compareTo(Duration.ofHours(1)) <= 0, later.toString());
    }
  }

  private String refused(String more) throws Exception {
    IssuerConfig config = config(more);
    try (ControlPlane plane = plane(config)) {
      return String.valueOf(
          assertThrows(
                  StartException.class,
                  () -> ConfiguredIssuance.open(config, plane, CRYPTO, CLOCK).close())
              .getMessage());
    }
  }

  @Test
  void doesNotStartWithWhatItCannotKeep() throws Exception {
    write("i.yaml", rules("r", ", require: {attestation: {verifier: training}}"));
    assertTrue(
        refused(", issuance: i.yaml")
            .contains(
                "i.yaml: the rule `shop/reads` requires the verifier `training`, which"
                    + " gat.issuer.attestation does not name; add it there"));
    write("i.yaml", rules("r", ", claims: [email]"));
    assertTrue(refused(", issuance: i.yaml").contains("`email` is personal data"));
    write(
        "i.yaml",
        "version: gat/v1\nservice: s\naudience: s\nrules: [{name: r, paths: [/a], public: true}]\n");
    assertTrue(refused(", issuance: i.yaml").contains("no `issuance:` document in it"));
    write("policy/i.yaml", rules("r", ""));
    write("policy/i_test.yaml", test("w"));
    assertTrue(refused(", issuance: policy/").contains("the test `a` fails"));
    assertTrue(refused(", issuance: nowhere.yaml").contains("nowhere.yaml"));
    write("jwks.json", "no keys");
    write("i.yaml", rules("r", ""));
    String keys =
        refused(
            ", issuance: i.yaml, attestation: [{name: t, issuer: \"https://t.example\","
                + " algorithms: [ES256], keys: {file: jwks.json}}]");
    assertTrue(keys.contains("jwks.json"), keys);
  }
}
