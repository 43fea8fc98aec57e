package io.gat.cli;

import io.gat.decide.DecisionRecord;
import io.gat.telemetry.DecisionRecordJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line of a decision log. */
final class RecordFile {
  private static final Pattern WITH_LINE = Pattern.compile("(.+):([1-9][0-9]{0,8})");

  private RecordFile() {}

  /**
   * Reads one record.
   *
   * @param place {@code FILE} or {@code FILE:LINE}, lines counted from 1; without one the first
   * @throws UnusableInput where there is no record
   */
  static DecisionRecord read(String place) {
    Matcher matcher = WITH_LINE.matcher(place);
    // A file may have a colon in its name.
    boolean whole = Files.exists(Path.of(place)) || !matcher.matches();
    String file = whole ? place : matcher.group(1);
    int number = whole ? 1 : Integer.parseInt(matcher.group(2));
    String line = line(file, number);
    try {
      return DecisionRecordJson.read(line);
    } catch (DecisionRecordJson.UnreadableRecordException e) {
      throw new UnusableInput(
          file + ":" + number + ": no decision record: " + e.getMessage() + "; name its line");
    }
  }

  private static String line(String file, int number) {
    // A log may hold what is no UTF-8 on other lines.
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(Path.of(file)),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)))) {
      return reader
          .lines()
          .skip(number - 1L)
          .findFirst()
          .orElseThrow(() -> new UnusableInput(file + ":" + number + ": the file has fewer lines"));
    } catch (NoSuchFileException e) {
      throw new UnusableInput(file + ": there is no such file; give FILE or FILE:LINE");
    } catch (IOException | UncheckedIOException e) {
      throw new UnusableInput(file + ": cannot be read");
    }
  }
}
