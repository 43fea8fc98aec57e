package io.gat.policy.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The difference between two texts, as {@code diff -u} writes it. */
public final class UnifiedDiff {
  private static final int CONTEXT = 3;
  private static final String NO_BREAK = "\n\\ No newline at end of file";

  /** The largest table of line pairs; larger changes are shown as a whole. */
  private static final int MAX_CELLS = 4_000_000;

  private final List<Line> lines = new ArrayList<>();

  private UnifiedDiff() {}

  private enum Sign {
    SAME(' '),
    OLD('-'),
    NEW('+');

    private final char mark;

    Sign(char mark) {
      this.mark = mark;
    }
  }

  private record Line(Sign sign, String text) {}

  /**
   * The difference; empty where there is none.
   *
   * @param file what both are called
   */
  public static String of(String file, String before, String after) {
    if (before.equals(after)) {
      return "";
    }
    UnifiedDiff diff = new UnifiedDiff();
    diff.compare(split(before), split(after));
    return "--- " + file + "\n+++ " + file + " (formatted)\n" + diff.hunks();
  }

  // A last line without a break, or one that ends with a carriage return, is another line.
  private static List<String> split(String text) {
    List<String> lines = new ArrayList<>(List.of(text.replace("\r", "\\r").split("\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    } else {
      lines.add(lines.removeLast() + NO_BREAK);
    }
    return lines;
  }

  private void compare(List<String> a, List<String> b) {
    int head = 0;
    while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < a.size() - head
        && tail < b.size() - head
        && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
      tail++;
    }
    add(Sign.SAME, a.subList(0, head));
    middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail));
    add(Sign.SAME, a.subList(a.size() - tail, a.size()));
  }

  private void middle(List<String> a, List<String> b) {
    if ((long) a.size() * b.size() > MAX_CELLS) {
      add(Sign.OLD, a);
      add(Sign.NEW, b);
      return;
    }
    // common[i][j]: the longest common subsequence of what follows.
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        lines.add(new Line(Sign.SAME, a.get(i)));
        i++;
        j++;
      } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add(new Line(Sign.OLD, a.get(i++)));
      } else {
        lines.add(new Line(Sign.NEW, b.get(j++)));
      }
    }
  }

  private void add(Sign sign, List<String> texts) {
    texts.forEach(text -> lines.add(new Line(sign, text)));
  }

  private String hunks() {
    StringBuilder out = new StringBuilder();
    int oldLine = 1;
    int newLine = 1;
    int at = 0;
    while (at < lines.size()) {
      int change = next(at);
      if (change == lines.size()) {
        break;
      }
      int from = Math.max(at, change - CONTEXT);
      oldLine += from - at;
      newLine += from - at;
      int to = end(change);
      List<Line> hunk = lines.subList(from, to);
      int olds = (int) hunk.stream().filter(l -> l.sign() != Sign.NEW).count();
      int news = (int) hunk.stream().filter(l -> l.sign() != Sign.OLD).count();
      out.append(
          String.format(
              Locale.ROOT,
              "@@ -%d,%d +%d,%d @@\n",
              olds == 0 ? oldLine - 1 : oldLine,
              olds,
              news == 0 ? newLine - 1 : newLine,
              news));
      hunk.forEach(l -> out.append(l.sign().mark).append(l.text()).append('\n'));
      oldLine += olds;
      newLine += news;
      at = to;
    }
    return out.toString();
  }

  private int next(int from) {
    int at = from;
    while (at < lines.size() && lines.get(at).sign() == Sign.SAME) {
      at++;
    }
    return at;
  }

  /** The end of the hunk that starts with a change: changes close to each other are one. */
  private int end(int change) {
    int last = change;
    for (int i = change; i < lines.size() && i <= last + 2 * CONTEXT; i++) {
      if (lines.get(i).sign() != Sign.SAME) {
        last = i;
      }
    }
    return Math.min(lines.size(), last + 1 + CONTEXT);
  }
}
