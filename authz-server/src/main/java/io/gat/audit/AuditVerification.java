package io.gat.audit;

import io.gat.audit.AuditVerifier.Extent;
import java.nio.file.Path;
import java.util.Optional;

/** Verifies a whole audit log: first what is known from outside, then record by record. */
public final class AuditVerification {
  private AuditVerification() {}

  /**
   * Reads and judges.
   *
   * @param exported the file of exported checkpoints; where it is named and isn't there, while the
   *     log has checkpoints, that is a finding
   * @throws java.io.UncheckedIOException where something cannot be read
   * @throws io.gat.log.LogException where the log cannot be read
   */
  public static VerifyReport of(
      AuditSource source, Optional<Path> exported, CheckpointTrust trust, Extent extent) {
    AuditVerifier verifier = new AuditVerifier(trust, source.places(), extent);
    // The export first: what it has, the log had before.
    exported.ifPresent(
        file -> {
          long[] line = {0};
          if (!CheckpointFile.read(file, signed -> verifier.expect(++line[0], signed))) {
            verifier.expectMissingFile(file.toString());
          }
        });
    source.read(verifier::add);
    return verifier.end();
  }
}
