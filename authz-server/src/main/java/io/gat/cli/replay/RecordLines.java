package io.gat.cli.replay;

import io.gat.cli.UnusableInput;
import io.gat.decide.DecisionRecord;
import io.gat.telemetry.DecisionRecordJson;
import io.gat.telemetry.DecisionRecordJson.UnreadableRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/** Reads decision records, one a line, and holds no more than one of them. */
public final class RecordLines {
  /** More than the longest record that gat writes, in bytes. */
  private static final int MAX_LINE = 1 << 20;

  private final String name;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;
  private long line;

  /**
   * A reader.
   *
   * @param name what the input is called in messages
   */
  public RecordLines(String name, InputStream in) {
    this.name = Objects.requireNonNull(name);
    this.in = Objects.requireNonNull(in);
  }

  /** The next record; empty at the end. */
  public Optional<DecisionRecord> read() {
    Optional<String> text = text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DecisionRecordJson.read(text.get()));
    } catch (UnreadableRecordException e) {
      throw unusable(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> text() {
    line++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try {
      boolean ended = false;
      while (!ended) {
        if (next == filled) {
          next = 0;
          filled = Math.max(in.read(buffer), 0);
          if (filled == 0) {
            if (bytes.size() == 0) {
              return Optional.empty();
            }
            break;
          }
        }
        int end = next;
        while (end < filled && buffer[end] != '\n') {
          end++;
        }
        bytes.write(buffer, next, end - next);
        ended = end < filled;
        next = ended ? end + 1 : end;
        if (bytes.size() > MAX_LINE) {
          throw unusable("the line is longer than 1 MiB");
        }
      }
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      throw unusable("the line is not UTF-8");
    } catch (IOException e) {
      throw new UnusableInput(name + ": cannot be read; check the file and its permissions");
    }
  }

  private UnusableInput unusable(String why) {
    return new UnusableInput(
        name + ":" + line + ":1: not a decision record: " + why + "; keep only gat's own lines");
  }
}
