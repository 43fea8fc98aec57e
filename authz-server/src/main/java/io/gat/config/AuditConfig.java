package io.gat.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the audit log goes besides the shared log.
 *
 * @param checkpoints the file that signed checkpoints are appended to; default {@code
 *     audit-checkpoints.jsonl} in the log's folder, better on another disk
 * @param otlp the collector's URL for logs, such as {@code https://collector:4318/v1/logs}; empty
 *     for none
 */
public record AuditConfig(Path checkpoints, Optional<URI> otlp) {
  private static final String FILE = "audit-checkpoints.jsonl";

  public AuditConfig {
    Objects.requireNonNull(checkpoints);
    Objects.requireNonNull(otlp);
  }

  /** What counts where nothing is configured. */
  static AuditConfig usual(Path data) {
    return new AuditConfig(data.resolve(FILE), Optional.empty());
  }
}
