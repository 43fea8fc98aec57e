package io.gat.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows as an aligned table. */
public final class Table {
  private static final List<String> HEAD =
      List.of("CALL", "REQUEST", "STATUS", "REASON", "CACHE", "TIME");
  private static final int STATUS = 2;
  private static final int TIME = 5;

  /** Whether the terminal shows colours. */
  public enum Colour {
    ON,
    OFF
  }

  private Table() {}

  /** The lines of the table. */
  public static List<String> lines(List<Row> rows, Colour colour) {
    List<List<String>> cells = rows.stream().map(Table::cells).toList();
    int[] widths = new int[HEAD.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = HEAD.get(i).length();
      for (List<String> row : cells) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(paint(colour, "1", "   " + line(HEAD, widths)));
    for (int i = 0; i < rows.size(); i++) {
      boolean right = rows.get(i).isRight();
      String mark = right ? paint(colour, "32", "✓") : paint(colour, "31;1", "✗");
      lines.add(" " + mark + " " + line(cells.get(i), widths));
      if (!right) {
        lines.add(paint(colour, "31;1", "   must be " + rows.get(i).expected()));
      }
    }
    return lines;
  }

  private static List<String> cells(Row row) {
    return List.of(
        row.name(),
        row.request(),
        String.valueOf(row.actual().status()),
        row.actual().reason(),
        row.actual().cache().isEmpty() ? "–" : row.actual().cache(),
        milliseconds(row.took()));
  }

  private static String milliseconds(Duration took) {
    return String.format(Locale.ROOT, "%.1f ms", took.toNanos() / 1e6);
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String space = " ".repeat(widths[i] - cell.length());
      boolean toTheRight = i == STATUS || i == TIME;
      line.append(toTheRight ? space + cell : cell + space).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private static String paint(Colour colour, String code, String text) {
    return switch (colour) {
      case ON -> "\u001b[" + code + "m" + text + "\u001b[0m";
      case OFF -> text;
    };
  }
}
