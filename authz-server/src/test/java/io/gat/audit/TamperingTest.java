package io.gat.audit;

import static io.gat.audit.AuditFixtures.SIGNER;
import static io.gat.audit.AuditFixtures.TRUST;
import static io.gat.audit.AuditFixtures.issued;
import static io.gat.audit.AuditFixtures.payloads;
import static io.gat.audit.AuditFixtures.records;
import static io.gat.audit.AuditFixtures.refused;
import static io.gat.audit.AuditFixtures.revoked;
import static io.gat.audit.AuditFixtures.verifyLines;
import static io.gat.audit.AuditFixtures.verifyLog;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditLog.Settings;
import io.gat.audit.AuditVerifier.Extent;
import io.gat.audit.AuditVerifier.Places;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogRecord;
import io.gat.log.MemoryLog;
import io.gat.log.MemoryLog.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done to a small audit log, verification says so and names the place. The log has two
 * writers whose records alternate, batches of several records, and two runs of one writer.
 */
final class TamperingTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-26T07:00:00Z"));
  private static final Settings OFTEN = new Settings(8_192, 512, 4, Duration.ofDays(1));

  private static final List<String> EXPORTED = new ArrayList<>();
  private static List<LogRecord> written = List.of();
  private static List<String> lines = List.of();

  @BeforeAll
  static void writes() throws Exception {
    Store store = new Store();
    MemoryLog log = new MemoryLog(store, "issuer-1", CLOCK);
    MemoryLog other = new MemoryLog(store, "issuer-2", CLOCK);
    try (AuditLog two = AuditLog.open(other, SIGNER, EXPORTED::add, CLOCK, OFTEN)) {
      for (int run = 0; run < 2; run++) {
        try (AuditLog one = AuditLog.open(log, SIGNER, EXPORTED::add, CLOCK, OFTEN)) {
          for (int i = 0; i < 2; i++) {
            one.record(issued("a" + i)).join();
            two.record(revoked("b" + i)).join();
          }
        }
      }
    }
    // Records that were appended at once.
    CompletableFuture<Void> gate = new CompletableFuture<>();
    HeldLog held = new HeldLog(log, gate);
    try (AuditLog one = AuditLog.open(held, SIGNER, EXPORTED::add, CLOCK, OFTEN)) {
      held.hold();
      CompletableFuture<Appended> first = one.record(refused("invalid_client"));
      held.awaitAppend();
      for (int i = 0; i < 3; i++) {
        var _ = one.record(issued("c" + i));
      }
      gate.complete(null);
      first.join();
    }
    written = records(log);
    lines = payloads(log);
    assertTrue(verifyLog(log, EXPORTED).isSound());
    assertTrue(written.size() >= 18 && written.size() <= 40, written.size() + " records");
  }

  private static VerifyReport verify(List<LogRecord> records) {
    AuditVerifier verifier = new AuditVerifier(TRUST, Places.POSITIONS, Extent.WHOLE);
    for (int i = 0; i < EXPORTED.size(); i++) {
      verifier.expect(i + 1, EXPORTED.get(i));
    }
    records.forEach(r -> verifier.add(r.position(), r.payload()));
    return verifier.end();
  }

  private static LogRecord with(LogRecord record, String payload) {
    return new LogRecord(record.position(), record.topic(), record.id(), payload, record.at());
  }

  /** The records as if they had been written in this order. */
  private static List<LogRecord> placed(List<LogRecord> records) {
    List<LogRecord> placed = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      LogRecord r = records.get(i);
      placed.add(
          new LogRecord(
              i < written.size() ? written.get(i).position() : written.getLast().position() + i,
              r.topic(),
              r.id(),
              r.payload(),
              r.at()));
    }
    return placed;
  }

  @Test
  void theUntouchedIsSound() throws Exception {
    assertEquals(List.of(), verify(written).findings());
    assertEquals(List.of(), verifyLines(lines, EXPORTED).findings());
    assertEquals(List.of(), verifyExport(bytes(), EXPORTED).findings());
    assertEquals(0, verify(written).uncovered());
  }

  @Test
  void everyByteOfEveryRecordIsKnown() {
    for (int r = 0; r < written.size(); r++) {
      String payload = written.get(r).payload();
      for (int i = 0; i < payload.length(); i++) {
        for (int bit : new int[] {1, 2, 64}) {
          String edited =
              payload.substring(0, i) + (char) (payload.charAt(i) ^ bit) + payload.substring(i + 1);
          List<LogRecord> records = new ArrayList<>(written);
          records.set(r, with(written.get(r), edited));
          VerifyReport report = verify(records);
          assertFalse(report.isSound(), edited);
          Finding first = report.findings().getFirst();
          assertEquals(
              written.get(r).position(), first.place(), () -> edited + "\n" + report.findings());
        }
      }
    }
  }

  @Test
  void everyByteOfAnExportIsKnown() throws Exception {
    byte[] export = bytes();
    for (int i = 0; i < export.length; i++) {
      byte[] edited = export.clone();
      edited[i] ^= (byte) (1 << i % 8);
      // Even without the exported checkpoints: they are in the log, too.
      assertFalse(verifyExport(edited, List.of()).isSound(), "byte " + i);
    }
  }

  @Test
  void everyRemovedRecordIsMissed() {
    for (int r = 0; r < written.size(); r++) {
      List<LogRecord> records = new ArrayList<>(written);
      LogRecord removed = records.remove(r);
      assertFalse(verify(records).isSound(), removed.payload());
      List<String> export = new ArrayList<>(lines);
      export.remove(r);
      assertFalse(verifyLines(export, EXPORTED).isSound(), removed.payload());
    }
  }

  /**
   * Where a chain's very last record stands among its neighbours of other writers is known to
   * nobody: no record behind it names its position.
   */
  private static boolean isUnknowable(int a, int b) throws UnreadableRecordException {
    return b == a + 1
        && !writer(a).equals(writer(b))
        && (a == lines.size() - 1 - lastOf(writer(a)) || b == lines.size() - 1 - lastOf(writer(b)));
  }

  private static String writer(int index) throws UnreadableRecordException {
    return AuditRecordJson.read(lines.get(index)).writer();
  }

  /** How many records stand behind a writer's last one. */
  private static int lastOf(String writer) throws UnreadableRecordException {
    int behind = 0;
    while (!writer(lines.size() - 1 - behind).equals(writer)) {
      behind++;
    }
    return behind;
  }

  @Test
  void everySwapIsSeen() throws Exception {
    for (int a = 0; a < written.size(); a++) {
      for (int b = a + 1; b < written.size(); b++) {
        List<LogRecord> records = new ArrayList<>(written);
        records.set(a, with(written.get(a), written.get(b).payload()));
        records.set(b, with(written.get(b), written.get(a).payload()));
        if (isUnknowable(a, b)) {
          continue;
        }
        String what = a + " and " + b;
        assertFalse(verify(records).isSound(), what);
        assertFalse(
            verifyLines(records.stream().map(LogRecord::payload).toList(), EXPORTED).isSound(),
            what);
      }
    }
  }

  @Test
  void everyCutIsSeen() {
    for (int kept = 0; kept < written.size(); kept++) {
      VerifyReport report = verify(written.subList(0, kept));
      assertFalse(report.isSound(), kept + " kept");
      assertFalse(verifyLines(lines.subList(0, kept), EXPORTED).isSound(), kept + " kept");
    }
  }

  @Test
  void everyCutOfTheBeginningIsSeen() {
    for (int cut = 1; cut < written.size(); cut++) {
      assertFalse(verify(written.subList(cut, written.size())).isSound(), cut + " cut");
    }
  }

  @Test
  void everyForgedRecordIsSeen() throws Exception {
    for (int place = 0; place <= written.size(); place++) {
      for (String writer : List.of("issuer-1", "issuer-2", "issuer-3")) {
        List<LogRecord> records = new ArrayList<>(written);
        records.add(place, with(written.getFirst(), forged(place, writer)));
        VerifyReport report = verify(placed(records));
        assertFalse(report.isSound(), "at " + place + " for " + writer);
        assertFalse(
            verifyLines(records.stream().map(LogRecord::payload).toList(), EXPORTED).isSound(),
            "at " + place + " for " + writer);
      }
    }
  }

  /** Whoever forges knows the chain as well as we do, but not the key. */
  private static String forged(int place, String writer) throws UnreadableRecordException {
    RecordChain chain = RecordChain.empty(writer);
    for (int i = 0; i < place; i++) {
      AuditRecord record = AuditRecordJson.read(lines.get(i));
      if (record.writer().equals(writer)) {
        chain =
            new RecordChain(
                writer,
                record.sequence(),
                RecordChain.hash(
                    RecordChain.sha256(), lines.get(i).getBytes(StandardCharsets.UTF_8)),
                written.get(i).position(),
                0);
      }
    }
    return chain
        .draft(
            RecordChain.sha256(),
            CLOCK.instant(),
            List.of(
                new RecordChain.Link(
                    new AuditRecord.Content.Happened(issued("mallory")), Effect.GRANTS)))
        .entries()
        .getFirst()
        .payload();
  }

  @Test
  void aChainThatSomebodyElseSignedIsRefused() {
    SigningKey theirs = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
    MemoryLog log = new MemoryLog(new Store(), "issuer-1", CLOCK);
    List<String> checkpoints = new ArrayList<>();
    try (AuditLog audit =
        AuditLog.open(log, CheckpointSigner.of(() -> theirs), checkpoints::add, CLOCK)) {
      audit.record(issued("mallory")).join();
    }
    assertFalse(verifyLog(log, checkpoints).isSound());

    CheckpointTrust carried = CheckpointTrust.inWhatTheyCarry(CryptoProvider.best());
    AuditVerifier verifier = new AuditVerifier(carried, Places.POSITIONS, Extent.WHOLE);
    records(log).forEach(r -> verifier.add(r.position(), r.payload()));
    VerifyReport report = verifier.end();
    assertTrue(report.isSound(), report.toString());
    assertEquals(Set.of(theirs.kid()), report.kids());
  }

  @Test
  void everyByteOfTheExportedCheckpointsIsKnown() {
    for (int c = 0; c < EXPORTED.size(); c++) {
      String signed = EXPORTED.get(c);
      for (int i = 0; i < signed.length(); i++) {
        List<String> edited = new ArrayList<>(EXPORTED);
        edited.set(
            c, signed.substring(0, i) + (char) (signed.charAt(i) ^ 1) + signed.substring(i + 1));
        AuditVerifier verifier = new AuditVerifier(TRUST, Places.POSITIONS, Extent.WHOLE);
        verifier.expect(1, edited.get(c));
        assertFalse(verifier.end().isSound(), edited.get(c));
      }
    }
  }

  private static byte[] bytes() {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static VerifyReport verifyExport(byte[] export, List<String> exported)
      throws IOException {
    AuditVerifier verifier = new AuditVerifier(TRUST, Places.LINES, Extent.WHOLE);
    for (int i = 0; i < exported.size(); i++) {
      verifier.expect(i + 1, exported.get(i));
    }
    try (ExportLines reader = new ExportLines(new ByteArrayInputStream(export))) {
      long line = 0;
      String text = reader.next();
      while (text != null) {
        verifier.add(++line, text);
        text = reader.next();
      }
    }
    return verifier.end();
  }
}
