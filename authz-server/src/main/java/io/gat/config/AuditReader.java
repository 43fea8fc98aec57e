package io.gat.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code gat.issuer.audit}. */
final class AuditReader {
  private AuditReader() {}

  /**
   * The section, or what counts without it.
   *
   * @param data the log's folder
   */
  static AuditConfig read(Section issuer, Path data) {
    AuditConfig usual = AuditConfig.usual(data);
    Section section = issuer.section("audit", List.of("checkpoints", "otlp"));
    if (section == null) {
      return usual;
    }
    Path checkpoints = section.path("checkpoints");
    if (checkpoints != null && Files.isDirectory(checkpoints)) {
      section.refuse(
          "checkpoints",
          checkpoints + " is a folder",
          "give a file; gat creates and appends to it");
    }
    URI otlp = section.url("otlp", "what a collector gets");
    return new AuditConfig(
        checkpoints == null ? usual.checkpoints() : checkpoints, Optional.ofNullable(otlp));
  }
}
