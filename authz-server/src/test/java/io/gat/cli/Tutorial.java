package io.gat.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A page with things to do: fenced blocks of {@code yaml FILE} are files, of {@code diff FILE}
 * changes of one, and of {@code console} commands after {@code $} with their output.
 */
record Tutorial(List<Step> steps) {
  private static final String FENCE = "```";
  private static final String PROMPT = "$ ";

  Tutorial {
    steps = List.copyOf(steps);
  }

  /** A part of the page, in the order of the text. */
  sealed interface Step {
    /** What is only read. */
    record Prose(List<String> lines) implements Step {}

    /** A file to write. */
    record Write(String file, List<String> lines) implements Step {}

    /** A change of a file: lines that go, that come, and that stand around them. */
    record Change(String file, List<String> lines) implements Step {}

    /** Commands to run. */
    record Console(List<Call> calls) implements Step {}
  }

  /** A command and what it prints. */
  record Call(String command, List<String> output) {}

  static Tutorial read(String page) {
    List<Step> steps = new ArrayList<>();
    List<String> lines = page.lines().toList();
    int from = 0;
    for (int at = 0; at < lines.size(); at++) {
      if (!lines.get(at).startsWith(FENCE)) {
        continue;
      }
      int end = lines.subList(at + 1, lines.size()).indexOf(FENCE) + at + 1;
      if (end == at) {
        throw new IllegalArgumentException("line " + (at + 1) + ": the block has no end");
      }
      steps.add(new Step.Prose(lines.subList(from, at)));
      steps.add(block(lines.get(at), lines.subList(at + 1, end)));
      from = end + 1;
      at = end;
    }
    steps.add(new Step.Prose(lines.subList(from, lines.size())));
    return new Tutorial(steps);
  }

  private static Step block(String fence, List<String> lines) {
    String[] info = fence.substring(FENCE.length()).split(" ", -1);
    String file = info.length == 2 ? info[1] : "";
    if (info[0].equals("console")) {
      return console(lines);
    }
    if (!file.isEmpty() && info[0].equals("yaml")) {
      return new Step.Write(file, lines);
    }
    if (!file.isEmpty() && info[0].equals("diff")) {
      return new Step.Change(file, lines);
    }
    throw new IllegalArgumentException("nobody runs a block " + fence);
  }

  private static Step console(List<String> lines) {
    List<Call> calls = new ArrayList<>();
    List<String> output = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(PROMPT)) {
        output = new ArrayList<>();
        calls.add(new Call(line.substring(PROMPT.length()), output));
      } else {
        output.add(line);
      }
    }
    return new Step.Console(calls);
  }

  /** The page. */
  String text() {
    StringBuilder page = new StringBuilder();
    for (Step step : steps) {
      switch (step) {
        case Step.Prose prose -> prose.lines().forEach(line -> page.append(line).append('\n'));
        case Step.Write write -> block(page, "yaml " + write.file(), write.lines());
        case Step.Change change -> block(page, "diff " + change.file(), change.lines());
        case Step.Console console -> {
          List<String> lines = new ArrayList<>();
          for (Call call : console.calls()) {
            lines.add(PROMPT + call.command());
            lines.addAll(call.output());
          }
          block(page, "console", lines);
        }
      }
    }
    return page.toString();
  }

  private static void block(StringBuilder page, String info, List<String> lines) {
    page.append(FENCE).append(info).append('\n');
    lines.forEach(line -> page.append(line).append('\n'));
    page.append(FENCE).append('\n');
  }

  /** A text with a change made; what goes and stands around must be there, and once only. */
  static String changed(String text, List<String> change) {
    String before = kept(change, '-');
    String after = kept(change, '+');
    int at = text.indexOf(before);
    if (at < 0 || text.indexOf(before, at + 1) >= 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "not there exactly once:%n%sin:%n%s", before, text));
    }
    return text.substring(0, at) + after + text.substring(at + before.length());
  }

  private static String kept(List<String> change, char sign) {
    StringBuilder kept = new StringBuilder();
    for (String line : change) {
      if (line.charAt(0) == sign || line.charAt(0) == ' ') {
        kept.append(line, 1, line.length()).append('\n');
      }
    }
    return kept.toString();
  }
}
