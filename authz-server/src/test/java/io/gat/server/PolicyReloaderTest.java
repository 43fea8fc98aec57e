package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.Policy;
import io.gat.policy.Service;
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

  private PolicyReloader start() throws StartException {
    PolicyReloader reloader = PolicyReloader.load(folder, "default", policy -> List.of());
    taken.add(reloader.policy());
    reloader.tell(taken::add);
    return reloader;
  }

  private List<String> services() {
    return taken.getLast().services().stream().map(Service::name).toList();
  }

  @Test
  void takesAFolderAsAWhole() throws Exception {
    try (PolicyReloader reloader = start()) {
      assertEquals(List.of("one"), services());
      write("b.yaml", "two");
      write("c_test.yaml", "no-policy");
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
    try (PolicyReloader reloader = PolicyReloader.load(folder, "prod", policy -> List.of())) {
      assertEquals(Set.of("two.example"), reloader.policy().service("two").orElseThrow().hosts());
    }
    StartException refused =
        assertThrows(
            StartException.class, () -> PolicyReloader.load(folder, "test", policy -> List.of()));
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
            () -> PolicyReloader.load(folder, "default", policy -> List.of("no")));
    assertEquals("no", refused.getMessage());
    assertTrue(taken.isEmpty());
  }
}
