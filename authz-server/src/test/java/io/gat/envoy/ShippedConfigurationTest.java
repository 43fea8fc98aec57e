package io.gat.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file in {@code envoy-config/}: Envoy takes it, and it closes where gat has no answer. */
class ShippedConfigurationTest {
  static Stream<Path> files() throws IOException {
    List<Path> all;
    try (Stream<Path> list = Files.list(RepositoryRoot.find().resolve("envoy-config"))) {
      all = list.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    return all.stream();
  }

  @Test
  void thereAreFiles() throws IOException {
    assertTrue(files().count() >= 3);
  }

  @ParameterizedTest
  @MethodSource("files")
  void envoyAccepts(Path file, @TempDir Path folder) throws Exception {
    String text =
        Files.readString(file)
            .replace("@LISTEN_PORT@", "10000")
            .replace("@UPSTREAM_PORT@", "10001")
            .replace("@ADMIN_PORT@", "9901")
            .replace("@AUTHZ_SOCKET@", folder.resolve("authz.sock").toString());
    assertFalse(
        text.lines().anyMatch(l -> !l.startsWith("#") && l.contains("@") && !l.contains("@type")));

    EnvoyVerdict verdict = EnvoyVerdict.on(Files.writeString(folder.resolve("envoy.yaml"), text));

    assertEquals(0, verdict.exitCode(), verdict.output());
  }

  @ParameterizedTest
  @MethodSource("files")
  void writesOutWhatKeepsItClosed(Path file) throws IOException {
    String text = Files.readString(file);

    for (String line :
        List.of(
            "transport_api_version: V3",
            "failure_mode_allow: false",
            "status_on_error: {code: ServiceUnavailable}",
            "path_with_escaped_slashes_action: KEEP_UNCHANGED")) {
      assertTrue(text.contains(line), line);
    }
    for (String line :
        text.contains("http_service:")
            ? List.of("allowed_headers:", "x[-_]gat[-_]", "allowed_upstream_headers:")
            : List.of("encode_raw_headers: true", "include_peer_certificate: true")) {
      assertTrue(text.contains(line), line);
    }
    assertTrue(text.matches("(?s).*\\n +timeout: \\S+s\\b.*"), "a timeout");
  }
}
