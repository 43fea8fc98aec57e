package io.gat.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.cli.UnusableInput;
import io.gat.decide.DecisionRecord;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.telemetry.DecisionRecordJson;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLinesTest {
  private static final DecisionRecord RECORD = Calls.call().build();
  private static final String LINE = DecisionRecordJson.write(RECORD);

  private static List<DecisionRecord> read(byte[] bytes) {
    RecordLines lines = new RecordLines("f", new ByteArrayInputStream(bytes));
    List<DecisionRecord> records = new ArrayList<>();
    for (Optional<DecisionRecord> r = lines.read(); r.isPresent(); r = lines.read()) {
      records.add(r.get());
    }
    return records;
  }

  private static List<DecisionRecord> read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyLineIsARecord() {
    assertEquals(List.of(), read(""));
    assertEquals(List.of(RECORD), read(LINE));
    assertEquals(List.of(RECORD, RECORD), read(LINE + "\r\n" + LINE + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "x", "{}", "[]", "null", "{\"time\":\"now\"}"})
  void anythingElseIsRefusedWithItsLine(String bad) {
    UnusableInput e =
        assertThrows(UnusableInput.class, () -> read(LINE + "\n" + bad + "\n" + LINE));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("f:2:1: not a decision record: "), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void lineThatNeverEndsIsRefused() {
    InputStream endless = new Repeated("x".getBytes(StandardCharsets.UTF_8), Long.MAX_VALUE);
    UnusableInput e = assertThrows(UnusableInput.class, () -> new RecordLines("f", endless).read());
    assertEquals(
        "f:1:1: not a decision record: the line is longer than 1 MiB; keep only gat's own lines",
        e.getMessage());
  }

  @Test
  void bytesThatAreNotTextAreRefused() {
    byte[] bytes = LINE.getBytes(StandardCharsets.UTF_8);
    bytes[bytes.length - 3] = (byte) 0xff;
    UnusableInput e = assertThrows(UnusableInput.class, () -> read(bytes));
    assertTrue(String.valueOf(e.getMessage()).contains("not UTF-8"), e.getMessage());
  }

  /** Lines that are made as they are read: whoever kept them would need 60 MB. */
  @Test
  void manyLinesNeedNoMoreMemoryThanOne() {
    CompiledPolicy old = Calls.policy("{name: a, paths: [\"/x/{id}\"], scopes: [s]}");
    CompiledPolicy now = Calls.policy("{name: a, paths: [\"/x/{id}\"], scopes: [s, t]}");
    byte[] line = (LINE + "\n").getBytes(StandardCharsets.UTF_8);
    long count = 100_000;
    InputStream many = new Repeated(line, count * line.length);
    List<Long> told = new ArrayList<>();
    Replayed replayed = Replay.of(old, now, "many", many, told::add);
    assertEquals(count, replayed.calls());
    assertEquals(count, replayed.changedCalls());
    assertEquals(count / Replay.STRIDE, told.size());
    assertEquals(1, replayed.changed().size());
  }

  /** Some bytes over and over. */
  private static final class Repeated extends InputStream {
    private final byte[] bytes;
    private final long length;
    private long at;

    Repeated(byte[] bytes, long length) {
      this.bytes = bytes;
      this.length = length;
    }

    @Override
    public int read() {
      return at < length ? bytes[(int) (at++ % bytes.length)] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int most) {
      int count = 0;
      for (int one = read(); one >= 0; one = count < most ? read() : -1) {
        into[from + count++] = (byte) one;
      }
      return count == 0 ? -1 : count;
    }
  }

  @FuzzTest
  void anyBytesAreRecordsOrRefused(byte[] bytes) {
    try {
      read(bytes).forEach(r -> DecisionRecordJson.write(r));
    } catch (UnusableInput e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("f:"), e.getMessage());
    }
  }
}
