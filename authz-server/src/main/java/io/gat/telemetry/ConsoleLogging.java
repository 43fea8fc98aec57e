package io.gat.telemetry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;

/** Sends the log of gat and its libraries to stderr, one line per event. */
public final class ConsoleLogging {
  private ConsoleLogging() {}

  /** Replaces whatever the Java machine was configured to do with logs. */
  public static void install() {
    String configuration =
        """
        handlers=java.util.logging.ConsoleHandler
        java.util.logging.ConsoleHandler.level=ALL
        java.util.logging.ConsoleHandler.encoding=UTF-8
        java.util.logging.ConsoleHandler.formatter=%s
        .level=WARNING
        io.gat.level=INFO
        """
            .formatted(OneLine.class.getName());
    try {
      LogManager.getLogManager()
          .readConfiguration(
              new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }

  /** Formats an event as {@code time level logger: message}; public for {@link LogManager}. */
  public static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord event) {
      StringBuilder line =
          new StringBuilder(128)
              .append(event.getInstant().truncatedTo(ChronoUnit.MILLIS))
              .append(' ')
              .append(event.getLevel().getName())
              .append(' ')
              .append(event.getLoggerName())
              .append(": ");
      appendOnOneLine(line, formatMessage(event));
      int depth = 0;
      for (Throwable t = event.getThrown(); t != null && depth < 5; t = t.getCause()) {
        line.append(depth == 0 ? " (" : ", caused by ");
        appendOnOneLine(line, t.toString());
        StackTraceElement[] stack = t.getStackTrace();
        if (stack.length > 0) {
          line.append(" at ").append(stack[0]);
        }
        depth++;
      }
      if (depth > 0) {
        line.append(')');
      }
      return line.append(System.lineSeparator()).toString();
    }

    /** Control characters could end the line or play with a terminal. */
    private static void appendOnOneLine(StringBuilder line, String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n') {
          line.append("\\n");
        } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
          line.append(String.format("\\u%04x", (int) c));
        } else {
          line.append(c);
        }
      }
    }
  }
}
