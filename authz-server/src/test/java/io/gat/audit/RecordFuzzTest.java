package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.audit.AuditVerifier.Extent;
import io.gat.audit.AuditVerifier.Places;
import io.gat.keys.CryptoProvider;
import io.gat.log.MemoryLog;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/** Whatever a log or an export holds: an answer, never an exception, never a yes by mistake. */
final class RecordFuzzTest {
  private static final List<String> WRITTEN = written();

  private static List<String> written() {
    MemoryLog log = new MemoryLog();
    try (AuditLog audit =
        AuditLog.open(log, AuditFixtures.SIGNER, signed -> {}, InstantSource.system())) {
      audit.record(AuditFixtures.issued("a")).join();
      audit.record(AuditFixtures.revoked("b")).join();
    }
    return AuditFixtures.payloads(log);
  }

  @FuzzTest
  void anyPayload(FuzzedDataProvider data) {
    String payload = data.consumeRemainingAsString();
    try {
      AuditRecord record = AuditRecordJson.read(payload);
      // What can be read can be written, and read again as the same.
      assertEquals(
          record,
          AuditRecordJson.read(
              new String(AuditRecordJson.write(record), StandardCharsets.ISO_8859_1)));
    } catch (UnreadableRecordException e) {
      assertTrue(String.valueOf(e.getMessage()).length() < 200, "it does not repeat the text");
    }
    verify(List.of(payload));
    verify(List.of(WRITTEN.getFirst(), payload, WRITTEN.getLast()));
  }

  @FuzzTest
  void anyEditOfAnExport(FuzzedDataProvider data) {
    byte[] export = (String.join("\n", WRITTEN) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    byte[] edited = export.clone();
    boolean changed = false;
    for (int edits = data.consumeInt(0, 8); edits > 0; edits--) {
      int at = data.consumeInt(0, edited.length - 1);
      edited[at] = data.consumeByte();
    }
    for (int i = 0; i < export.length; i++) {
      changed |= export[i] != edited[i];
    }
    AuditVerifier verifier = new AuditVerifier(AuditFixtures.TRUST, Places.LINES, Extent.WHOLE);
    new AuditSource.Export(new ByteArrayInputStream(edited)).read(verifier::add);
    assertEquals(changed, !verifier.end().isSound());
  }

  @FuzzTest
  void anyCheckpoint(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    AuditVerifier verifier =
        new AuditVerifier(
            CheckpointTrust.inWhatTheyCarry(CryptoProvider.best()), Places.LINES, Extent.PART);
    verifier.expect(1, text);
    verifier.expect(2, text + ".e30.AAAA");
    assertFalse(verifier.end().isSound());
  }

  private static void verify(List<String> payloads) {
    for (Extent extent : Extent.values()) {
      for (Places places : Places.values()) {
        AuditVerifier verifier =
            new AuditVerifier(
                CheckpointTrust.inWhatTheyCarry(CryptoProvider.best()), places, extent);
        for (int i = 0; i < payloads.size(); i++) {
          verifier.add(i + 1, payloads.get(i));
        }
        assertEquals(payloads.size(), verifier.end().records());
      }
    }
  }
}
