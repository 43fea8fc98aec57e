package io.gat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditReaderTest {
  @TempDir private Path folder;

  private ConfigReader.Result read(String audit) {
    return ConfigReader.parse(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [issuer]
          issuer:
            url: "https://gat.example"
            log: {embedded: data/}
        %s
        """
            .formatted(audit),
        Map.of());
  }

  private AuditConfig audit(String text) {
    return assertInstanceOf(ConfigReader.Result.Read.class, read(text))
        .config()
        .issuer()
        .orElseThrow()
        .audit();
  }

  private String problem(String text) {
    return assertInstanceOf(ConfigReader.Result.Refused.class, read(text))
        .problems()
        .getFirst()
        .toString();
  }

  @Test
  void keepsCheckpointsInTheLogsFolderUnlessToldOtherwise() {
    assertEquals(
        new AuditConfig(folder.resolve("data/audit-checkpoints.jsonl"), Optional.empty()),
        audit(""));
    assertEquals(
        new AuditConfig(
            folder.resolve("elsewhere.jsonl"),
            Optional.of(URI.create("https://collector:4318/v1/logs"))),
        audit(
            "    audit: {checkpoints: elsewhere.jsonl, otlp: \"https://collector:4318/v1/logs\"}"));
  }

  @Test
  void refusesWhatCannotBe() {
    assertTrue(problem("    audit: {checkpoints: .}").contains("is a folder"));
    assertTrue(
        problem("    audit: {otlp: \"http://collector:4318/v1/logs\"}")
            .contains("must come over https"));
    assertTrue(problem("    audit: {file: a}").contains("unknown key"));
  }
}
