package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.ChildProcess;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that records, again and again: the chain verifies, and every event that was
 * acknowledged is in it once.
 */
final class AuditCrashTest {
  private static final int KILLS = Integer.getInteger("gat.crash.kills", 5);

  @TempDir private Path folder;

  @Test
  void theChainHoldsAfterEachKill() throws Exception {
    SplittableRandom random = new SplittableRandom(20261126);
    Set<String> acknowledged = new HashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      acknowledged.addAll(killedAfter(kill, 1 + random.nextInt(400)));
      SigningKey key = SigningKey.load(folder.resolve("audit-key.json"), CryptoProvider.jdk());
      try (LogReader log = EmbeddedLog.openAsFound(folder.resolve("log"))) {
        VerifyReport report =
            AuditVerification.of(
                new AuditSource.Log(log, 0),
                Optional.of(folder.resolve("checkpoints.jsonl")),
                CheckpointTrust.in(List.of(key.verificationKey()), CryptoProvider.jdk()),
                AuditVerifier.Extent.WHOLE);
        assertEquals(List.of(), report.findings());
        assertTrue(report.exported() > kill, report.toString());
        List<String> subjects =
            AuditFixtures.events(log).stream().map(AuditEvent::subject).toList();
        Set<String> missing = new HashSet<>(acknowledged);
        subjects.forEach(missing::remove);
        assertEquals(Set.of(), missing);
        assertEquals(subjects.size(), new HashSet<>(subjects).size());
      }
    }
  }

  /** The subjects that a process was told are durable before it was killed. */
  private List<String> killedAfter(int run, int events) throws Exception {
    try (ChildProcess child =
        ChildProcess.start(AuditCrashChild.class, folder.toString(), Integer.toString(run))) {
      List<String> lines = new ArrayList<>();
      while (lines.size() < events) {
        lines.add(child.readLine());
      }
      child.signal();
      lines.addAll(child.readLines());
      return lines.stream()
          .filter(line -> line.endsWith(" ."))
          .map(line -> line.substring(0, line.length() - 2))
          .toList();
    }
  }
}
