package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleCommandTest {
  private static final String POLICY =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: [orders:read]}
      """;
  private static final String TEST =
      """
      version: gat/v1
      tests: orders
      cases:
        - {name: nobody, request: {host: orders.example, path: /v1/orders}, token: none, expect: %s}
      """;

  @TempDir Path home;

  private Path folder() {
    return home.resolve("policy");
  }

  @BeforeEach
  void writePolicy() throws IOException {
    Files.createDirectory(folder());
    Files.writeString(folder().resolve("orders.yaml"), POLICY);
    Files.writeString(folder().resolve("orders_test.yaml"), TEST.formatted("no_token"));
  }

  private Run build(String... more) {
    String[] arguments = {
      "policy",
      "bundle",
      "build",
      folder().toString(),
      "--key",
      home.resolve("k").toString(),
      "--output-file",
      home.resolve("b.tar").toString()
    };
    return Run.gat(join(arguments, more));
  }

  private Run verify(Path key, String... more) {
    String[] arguments = {
      "policy", "bundle", "verify", home.resolve("b.tar").toString(), "--key", key.toString()
    };
    return Run.gat(join(arguments, more));
  }

  private static String[] join(String[] first, String[] second) {
    return java.util.stream.Stream.of(first, second)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  @Test
  void verifiesWhatItBuilt() {
    Run built = build("--bundle-version", "7", "--expires", "1h");
    assertEquals(0, built.code(), built::toString);
    assertTrue(built.out().startsWith("ok: policy, version 7, expires "), built::toString);
    Run verified = verify(home.resolve("k.pub"));
    assertEquals(0, verified.code(), verified::toString);
    assertEquals(built.out(), verified.out());
    assertTrue(verified.out().endsWith(", 2 files\n"), verified::toString);
  }

  @Test
  void saysNoToAnOlderBundleAndToAnotherKey() throws IOException {
    assertEquals(0, build("--bundle-version", "7").code());
    Run older = verify(home.resolve("k.pub"), "--min-version", "8");
    assertEquals(1, older.code());
    assertTrue(older.err().contains("version 8 ran before"), older::toString);
    Files.copy(home.resolve("b.tar"), home.resolve("first.tar"));
    Run.gat(
        "policy",
        "bundle",
        "build",
        folder().toString(),
        "--key",
        home.resolve("k2").toString(),
        "--output-file",
        home.resolve("b.tar").toString());
    Run other = verify(home.resolve("k.pub"));
    assertEquals(1, other.code());
    assertTrue(other.err().contains("none of the trusted keys has signed it"), other::toString);
  }

  @Test
  void tellsAndChecksTheNameThatIsSigned() {
    Run built = build("--name", "candidate", "--output", "json");
    assertEquals(0, built.code(), built::toString);
    assertTrue(
        built.out().contains("\"name\": \"candidate\"")
            || built.out().contains("\"name\":\"candidate\""),
        built::toString);
    Run asPolicy = verify(home.resolve("k.pub"));
    assertEquals(1, asPolicy.code(), asPolicy::toString);
    assertTrue(
        asPolicy.err().contains("signed as the set `candidate`, but `policy` is wanted here"),
        asPolicy::toString);
    assertEquals(0, verify(home.resolve("k.pub"), "--name", "candidate").code());
    assertEquals(2, verify(home.resolve("k.pub"), "--name", "Not So").code());
    assertEquals(2, build("--name", "").code());
  }

  @Test
  void buildsNothingThatServersWouldRefuse() throws IOException {
    Files.writeString(folder().resolve("orders_test.yaml"), TEST.formatted("ok"));
    Run failing = build();
    assertEquals(1, failing.code(), failing::toString);
    assertTrue(failing.err().contains("nobody"), failing::toString);
    Files.writeString(folder().resolve("orders.yaml"), POLICY.replace("scopes", "scoops"));
    Run wrong = build();
    assertEquals(1, wrong.code(), wrong::toString);
    assertTrue(wrong.err().contains("scoops"), wrong::toString);
    assertFalse(Files.exists(home.resolve("b.tar")));
  }

  @Test
  void saysWhatIsUnreadable() {
    assertEquals(2, verify(home.resolve("none")).code());
    assertEquals(0, build().code());
    assertEquals(2, verify(home.resolve("none")).code());
    assertEquals(2, build("--bundle-version", "0").code());
    assertEquals(2, build("--expires", "1s").code());
  }
}
