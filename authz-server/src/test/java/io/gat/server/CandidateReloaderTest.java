package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.CryptoProvider;
import io.gat.policy.Service;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.verify.PolicyTests;
import io.gat.server.verify.EnvoyCallJudge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CandidateReloaderTest {
  private static final PolicyTests TESTS =
      new PolicyTests(new EnvoyCallJudge(CryptoProvider.best()));

  @TempDir private Path folder = Path.of("");
  private final List<Optional<PolicyCompiler.Compiled>> told = new ArrayList<>();

  private CandidateReloader reloader() {
    return new CandidateReloader(
        PolicySource.files(folder),
        new PolicyLoader(folder.toString(), "default", policy -> List.of(), TESTS),
        told::add);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private static String service(String name) {
    return """
        version: gat/v1
        service: %s
        hosts: [%s.example]
        audience: a
        rules:
          - {name: all, paths: ["/{rest=**}"]}
        """
        .formatted(name, name);
  }

  private List<String> services() {
    return told.getLast().orElseThrow().policy().services().stream().map(Service::name).toList();
  }

  @Test
  void aRefusedCandidateIsNoCandidate() throws Exception {
    try (CandidateReloader reloader = reloader()) {
      reloader.look();
      assertEquals(List.of(Optional.empty()), told, "an empty folder");
      write("a.yaml", service("one"));
      reloader.look();
      assertEquals(List.of("one"), services());
      write("a.yaml", "version: gat/v1\nservice: one\nrules: []\n");
      reloader.look();
      assertTrue(told.getLast().isEmpty(), "the last good one does not stay");
      write("a.yaml", service("two"));
      reloader.look();
      assertEquals(List.of("two"), services());
    }
  }

  @Test
  void itsTestsMustPass() throws Exception {
    write("a.yaml", service("one"));
    write(
        "a_test.yaml",
        """
        version: gat/v1
        tests: one
        cases:
          - {name: opens, request: {host: one.example, path: /x}, token: none, expect: ok}
        """);
    try (CandidateReloader reloader = reloader()) {
      reloader.look();
      assertTrue(told.getLast().isEmpty());
      Files.delete(folder.resolve("a_test.yaml"));
      reloader.look();
      assertEquals(List.of("one"), services());
    }
  }

  @Test
  void tellsOncePerText() throws Exception {
    write("a.yaml", service("one"));
    try (CandidateReloader reloader = reloader()) {
      reloader.look();
      reloader.look();
      write("a.yaml", service("one"));
      reloader.look();
      assertEquals(1, told.size());
    }
  }
}
