package io.gat.policy.format;

import io.gat.policy.parse.YamlLayout;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a document's pieces in their canonical form, as lines. */
final class Printer {
  /** The longest line that brackets make, in characters. */
  private static final int WIDTH = 120;

  /**
   * The longest line of a text that is filled into lines: prose is read more slowly than a table.
   */
  private static final int TEXT_WIDTH = 100;

  private static final int STEP = 2;

  private final YamlLayout layout;

  /** True where braces that do not fit in a line go on in the next one: in tables of tests. */
  private boolean wraps;

  Printer(YamlLayout layout) {
    this.layout = layout;
  }

  /** A document without its marks. */
  List<String> document(Piece root) {
    List<String> out = new ArrayList<>();
    lines(root.above(), 0, out);
    if (root.hasBlankBefore() && !out.isEmpty()) {
      out.add("");
    }
    Shape shape = Shape.ofDocument(root);
    wraps = shape == Shape.TESTS;
    out.addAll(block(root, shape, 0));
    return out;
  }

  /** The children of a piece, each from a line of its own on, and what stands below them. */
  private List<String> block(Piece piece, Shape shape, int indent) {
    List<String> out = new ArrayList<>();
    boolean mapping = piece.value() instanceof YamlNode.Mapping;
    for (Piece child : mapping ? shape.ordered(piece.children()) : piece.children()) {
      List<String> one =
          mapping ? entry(child, shape.under(child.key()), indent) : item(child, shape, indent);
      if (out.isEmpty()) {
        while (one.getFirst().isEmpty()) {
          one.removeFirst();
        }
      }
      out.addAll(one);
    }
    lines(piece.below(), indent, out);
    return out;
  }

  private List<String> entry(Piece entry, Shape shape, int indent) {
    List<String> out = start(entry, indent);
    String head = " ".repeat(indent) + ScalarText.text(entry.key().orElse("")) + ":";
    Optional<String> inline = inline(entry, shape, head.length() + 1, indent + STEP);
    List<String> beside = beside(entry);
    Optional<BlockText> text = text(entry, indent, head.length() + 1);
    if (text.isPresent()) {
      comments(beside.stream().skip(1).toList(), indent, out);
      out.add(head + " " + text.get().header() + comment(beside));
      text(text.get(), indent + STEP, out);
    } else if (inline.isPresent()) {
      comments(beside.stream().skip(1).toList(), indent, out);
      String value = inline.get().isEmpty() ? "" : " " + inline.get();
      out.addAll(Arrays.asList((head + value + comment(beside)).split("\n", -1)));
    } else {
      comments(beside.stream().skip(1).toList(), indent, out);
      out.add(head + comment(beside));
      out.addAll(block(entry, shape, indent + STEP));
    }
    return out;
  }

  private List<String> item(Piece item, Shape shape, int indent) {
    List<String> out = start(item, indent);
    String head = " ".repeat(indent) + "-";
    Optional<String> inline = inline(item, shape, head.length() + 1, head.length() + STEP);
    List<String> beside = beside(item);
    Optional<BlockText> text = text(item, indent, head.length() + 1);
    if (text.isPresent()) {
      comments(beside.stream().skip(1).toList(), indent, out);
      out.add(head + " " + text.get().header() + comment(beside));
      text(text.get(), indent + STEP, out);
    } else if (inline.isPresent()) {
      comments(beside.stream().skip(1).toList(), indent, out);
      out.addAll(Arrays.asList((head + " " + inline.get() + comment(beside)).split("\n", -1)));
    } else {
      // A comment cannot stand between the dash and what it opens.
      comments(beside, indent, out);
      List<String> inside = block(item, shape, indent + STEP);
      while (inside.getFirst().isBlank() || inside.getFirst().stripLeading().startsWith("#")) {
        String first = inside.removeFirst();
        out.add(first.isBlank() ? "" : " ".repeat(indent) + first.stripLeading());
      }
      out.add(head + " " + inside.removeFirst().substring(indent + STEP));
      out.addAll(inside);
    }
    return out;
  }

  /** What stands above a piece, with its blank lines. */
  private static List<String> start(Piece piece, int indent) {
    List<String> out = new ArrayList<>();
    lines(piece.above(), indent, out);
    if (piece.hasBlankBefore()) {
      out.add("");
    }
    return out;
  }

  private static void lines(List<Piece.Line> lines, int indent, List<String> out) {
    for (Piece.Line line : lines) {
      if (line.blankBefore()) {
        out.add("");
      }
      out.add(" ".repeat(indent) + line.text());
    }
  }

  private static void comments(List<String> comments, int indent, List<String> out) {
    comments.forEach(text -> out.add(" ".repeat(indent) + text));
  }

  private static void text(BlockText text, int indent, List<String> out) {
    text.lines().forEach(line -> out.add(line.isEmpty() ? "" : " ".repeat(indent) + line));
  }

  private static String comment(List<String> beside) {
    return beside.isEmpty() ? "" : "  " + beside.getFirst();
  }

  // Nothing can stand below the children of an empty list.
  private static List<String> beside(Piece piece) {
    List<String> beside = new ArrayList<>(piece.beside());
    if (piece.children().isEmpty()) {
      piece.below().forEach(line -> beside.add(line.text()));
    }
    return beside;
  }

  private Optional<BlockText> text(Piece piece, int indent, int column) {
    return piece.value() instanceof YamlNode.Scalar scalar
        ? BlockText.of(scalar, layout, TEXT_WIDTH - Math.max(indent + STEP, column))
        : Optional.empty();
  }

  /**
   * The value from the key's or the dash's line on; empty where it must be a block.
   *
   * @param column where it starts
   * @param next the indentation of the lines that it goes on in
   */
  private Optional<String> inline(Piece piece, Shape shape, int column, int next) {
    return switch (piece.value()) {
      case YamlNode.Scalar scalar ->
          Optional.of(
              piece.key().isPresent() && scalar.kind() == YamlNode.Kind.NULL
                  ? scalar.text()
                  : ScalarText.of(scalar));
      case YamlNode.Sequence sequence ->
          piece.isFlow() || isOfScalars(piece)
              ? brackets(piece, shape, column, next)
              : Optional.empty();
      case YamlNode.Mapping mapping ->
          piece.isFlow() ? brackets(piece, shape, column, next) : Optional.empty();
    };
  }

  /** Also true for a list of nothing. */
  private static boolean isOfScalars(Piece piece) {
    return piece.children().stream().allMatch(c -> c.value() instanceof YamlNode.Scalar);
  }

  private Optional<String> brackets(Piece piece, Shape shape, int column, int next) {
    if (!piece.children().isEmpty() && (piece.isCommentedInside() || hasBlockText(piece))) {
      return Optional.empty();
    }
    String text = flow(piece, shape);
    if (column + text.length() <= WIDTH || piece.children().isEmpty()) {
      return Optional.of(text);
    }
    return wraps && piece.value() instanceof YamlNode.Mapping
        ? Optional.of(filled(flowEntries(piece, shape), column, next))
        : Optional.empty();
  }

  /** As many entries in a line as it takes. */
  private static String filled(List<String> entries, int column, int next) {
    StringBuilder out = new StringBuilder("{");
    int at = column + 1;
    for (int i = 0; i < entries.size(); i++) {
      String entry = entries.get(i) + (i == entries.size() - 1 ? "}" : ",");
      boolean first = i == 0;
      if (!first && at + 1 + entry.length() > WIDTH) {
        out.append('\n').append(" ".repeat(next));
        at = next;
      } else if (!first) {
        out.append(' ');
        at++;
      }
      out.append(entry);
      at += entry.length();
    }
    return out.toString();
  }

  private static boolean hasBlockText(Piece piece) {
    return piece.value() instanceof YamlNode.Scalar scalar
        ? BlockText.isBlock(scalar)
        : piece.children().stream().anyMatch(Printer::hasBlockText);
  }

  private static String flow(Piece piece, Shape shape) {
    return switch (piece.value()) {
      case YamlNode.Scalar scalar -> ScalarText.of(scalar);
      case YamlNode.Sequence sequence ->
          piece.children().stream()
              .map(item -> flow(item, shape))
              .collect(Collectors.joining(", ", "[", "]"));
      case YamlNode.Mapping mapping -> "{" + String.join(", ", flowEntries(piece, shape)) + "}";
    };
  }

  private static List<String> flowEntries(Piece piece, Shape shape) {
    return shape.ordered(piece.children()).stream()
        .map(
            entry ->
                ScalarText.text(entry.key().orElse(""))
                    + ": "
                    + flow(entry, shape.under(entry.key())))
        .toList();
  }
}
