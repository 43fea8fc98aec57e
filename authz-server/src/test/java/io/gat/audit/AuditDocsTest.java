package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent.Action;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about the audit log tells what there is. */
final class AuditDocsTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|");

  private static String page() throws IOException {
    return Files.readString(Path.of("docs/audit.md"));
  }

  @Test
  void itsTableHasEveryAction() throws IOException {
    List<String> rows = ROW.matcher(page()).results().map(m -> m.group(1)).toList();
    assertEquals(Arrays.stream(Action.values()).map(Action::word).toList(), rows);
  }

  @Test
  void itsExampleIsARecordAsItWouldBeWritten() throws Exception {
    String example =
        page().lines().filter(line -> line.startsWith("{\"v\":1")).findFirst().orElseThrow();
    byte[] written = AuditRecordJson.write(AuditRecordJson.read(example));
    assertEquals(example, new String(written, StandardCharsets.ISO_8859_1));
  }

  @Test
  void itsLimitsAreTheRealOnes() throws IOException {
    assertTrue(page().contains("cut at " + AuditEvent.MAX_TEXT + " characters"));
    assertTrue(
        page()
            .contains(
                "after every 1,000 records, and "
                    + AuditLog.Settings.USUAL.interval().toSeconds()
                    + " s after something new"));
    assertEquals(1_000, AuditLog.Settings.USUAL.every());
    assertEquals(5, RefusalAggregate.ONE_BY_ONE);
  }
}
