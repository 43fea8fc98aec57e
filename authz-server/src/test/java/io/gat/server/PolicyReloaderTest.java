package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.CryptoProvider;
import io.gat.policy.Policy;
import io.gat.policy.Service;
import io.gat.policy.verify.PolicyTests;
import io.gat.server.verify.EnvoyCallJudge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyReloaderTest {
  private static final PolicyTests TESTS =
      new PolicyTests(new EnvoyCallJudge(CryptoProvider.best()));

  @TempDir private Path folder = Path.of("");
  private final List<Policy> taken = new ArrayList<>();

  @BeforeEach
  void firstPolicy() throws IOException {
    write("a.yaml", "one");
  }

  private void write(String file, String service) throws IOException {
    Files.writeString(
        folder.resolve(file),
        """
        version: gat/v1
        service: %s
        hosts: [%s.example]
        audience: a
        rules:
          - {name: all, paths: ["/{rest=**}"]}
        """
            .formatted(service, service));
  }

  private void writeTest(String file, String service, String expected) throws IOException {
    Files.writeString(
        folder.resolve(file),
        """
        version: gat/v1
        tests: %s
        tokens:
          any: {audience: a, scopes: [s]}
        cases:
          - {name: opens, request: {host: %s.example, path: /x}, token: any, expect: %s}
        """
            .formatted(service, service, expected));
  }

  private PolicyReloader start() throws StartException {
    PolicyReloader reloader =
        PolicyReloader.load(PolicySource.files(folder), "default", policy -> List.of(), TESTS);
    taken.add(reloader.set().policy());
    reloader.tell(set -> taken.add(set.policy()));
    return reloader;
  }

  private String refusal() {
    return String.valueOf(assertThrows(StartException.class, this::start).getMessage());
  }

  private List<String> services() {
    return taken.getLast().services().stream().map(Service::name).toList();
  }

  @Test
  void takesAFolderAsAWhole() throws Exception {
    try (PolicyReloader reloader = start()) {
      assertEquals(List.of("one"), services());
      write("b.yaml", "two");
      writeTest("c_test.yaml", "two", "ok");
      reloader.look();
      assertEquals(List.of("one", "two"), services());
      Files.delete(folder.resolve("a.yaml"));
      reloader.look();
      assertEquals(List.of("two"), services());
    }
  }

  @Test
  void keepsTheLastGoodPolicyWhateverBecomesOfTheFiles() throws Exception {
    try (PolicyReloader reloader = start()) {
      Files.writeString(folder.resolve("a.yaml"), "version: gat/v1\nservice: one\nrules: []\n");
      reloader.look();
      write("a.yaml", "one");
      Files.writeString(folder.resolve("b.yaml"), "not: [yaml");
      reloader.look();
      Files.delete(folder.resolve("b.yaml"));
      Files.delete(folder.resolve("a.yaml"));
      reloader.look();
      assertEquals(1, taken.size());

      write("a.yaml", "three");
      reloader.look();
      assertEquals(List.of("three"), services());
    }
  }

  @Test
  void takesTheValuesOfItsEnvironment() throws Exception {
    write("a.yaml", "${name}");
    Files.writeString(
        folder.resolve("a.yaml"),
        Files.readString(folder.resolve("a.yaml"))
            .replace("audience", "values: {default: {name: one}, prod: {name: two}}\naudience")
            .replace("hosts: [${name}.example]", "hosts: [\"${name}.example\"]"));
    try (PolicyReloader reloader =
        PolicyReloader.load(PolicySource.files(folder), "prod", policy -> List.of(), TESTS)) {
      assertEquals(
          Set.of("two.example"), reloader.set().policy().service("two").orElseThrow().hosts());
    }
    StartException refused =
        assertThrows(
            StartException.class,
            () ->
                PolicyReloader.load(
                    PolicySource.files(folder), "test", policy -> List.of(), TESTS));
    assertEquals(
        folder.resolve("a.yaml")
            + ":4:9: values: there is no environment `test`; add it, or choose one of default, prod"
            + " by gat.authz.environment or --environment",
        refused.getMessage());
  }

  @Test
  void doesNothingWhileTheTextsAreTheSame() throws Exception {
    try (PolicyReloader reloader = start()) {
      write("a.yaml", "one");
      reloader.look();
      assertEquals(1, taken.size());
    }
  }

  @Test
  void refusesAPolicyThatSomethingElseSpeaksAgainst() throws Exception {
    StartException refused =
        assertThrows(
            StartException.class,
            () ->
                PolicyReloader.load(
                    PolicySource.files(folder), "default", policy -> List.of("no"), TESTS));
    assertEquals("no", refused.getMessage());
    assertTrue(taken.isEmpty());
  }

  @Test
  void refusesToStartWithASetWhoseTestsFail() throws Exception {
    writeTest("a_test.yaml", "one", "no_rule");
    String told = refusal();
    assertEquals(
        List.of(
            folder.resolve("a_test.yaml")
                + ":6:5: the test `opens` fails: expected reason no_rule, got ok (allow, reason ok,"
                + " service one, rule all)",
            folder
                + ": 1 of 1 policy tests fail; `gat policy test "
                + folder
                + "` shows all of them"),
        told.lines().toList());
    writeTest("a_test.yaml", "one", "no_ruel");
    told = refusal();
    assertTrue(told.contains("a_test.yaml:6:79: cases[0].expect: there is no decision or"), told);
    assertTrue(taken.isEmpty());
  }

  @Test
  void keepsTheLastGoodSetWhileTestsFail() throws Exception {
    writeTest("a_test.yaml", "one", "ok");
    try (PolicyReloader reloader = start()) {
      write("b.yaml", "two");
      writeTest("b_test.yaml", "two", "no_rule");
      reloader.look();
      assertEquals(List.of("one"), services());
      writeTest("b_test.yaml", "two", "ok");
      reloader.look();
      assertEquals(List.of("one", "two"), services());
      Files.delete(folder.resolve("b.yaml"));
      reloader.look();
      assertEquals(List.of("one", "two"), services(), "b_test.yaml speaks against it");
    }
  }

  @Test
  void aSingleFileHasNoTests() throws Exception {
    writeTest("a_test.yaml", "one", "no_rule");
    try (PolicyReloader reloader =
        PolicyReloader.load(
            PolicySource.files(folder.resolve("a.yaml")), "default", policy -> List.of(), TESTS)) {
      assertEquals(1, reloader.set().policy().services().size());
    }
  }
}
