package io.gat.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

final class ConsoleLoggingTest {
  private static LogRecord event(String message, Object... parameters) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setLoggerName("io.gat.keys.Source");
    event.setInstant(Instant.parse("2026-11-24T12:00:00.123456Z"));
    event.setParameters(parameters);
    return event;
  }

  private static String format(LogRecord event) {
    return new ConsoleLogging.OneLine().format(event);
  }

  @Test
  void writesTimeLevelLoggerAndMessage() {
    assertEquals(
        "2026-11-24T12:00:00.123Z WARNING io.gat.keys.Source: 3 keys" + System.lineSeparator(),
        format(event("{0} keys", 3)));
  }

  @Test
  void keepsHostileTextOnItsLine() {
    String line = format(event("{0}", "a\nINFO io.gat: b\r\u001b[2J\u2028é"));
    assertEquals(
        "2026-11-24T12:00:00.123Z WARNING io.gat.keys.Source:"
            + " a\\nINFO io.gat: b\\u000d\\u001b[2J\\u2028é"
            + System.lineSeparator(),
        line);
  }

  @Test
  void tellsAnExceptionWithItsCausesOnTheSameLine() {
    LogRecord event = event("cannot read");
    event.setThrown(new IllegalStateException("outer\nline", new IOException("inner")));
    String line = format(event);
    assertEquals(1, line.lines().count());
    assertTrue(line.contains("(java.lang.IllegalStateException: outer\\nline at io.gat"), line);
    assertTrue(line.contains(", caused by java.io.IOException: inner at io.gat"), line);
  }

  @Test
  void setsUpTheMachinesLog() throws IOException {
    try {
      ConsoleLogging.install();
      Handler[] handlers = Logger.getLogger("").getHandlers();
      assertEquals(1, handlers.length);
      assertInstanceOf(ConsoleLogging.OneLine.class, handlers[0].getFormatter());
      assertTrue(Logger.getLogger("io.gat.anything").isLoggable(Level.INFO));
      assertTrue(!Logger.getLogger("io.helidon.anything").isLoggable(Level.INFO));
    } finally {
      LogManager.getLogManager().readConfiguration();
    }
  }
}
