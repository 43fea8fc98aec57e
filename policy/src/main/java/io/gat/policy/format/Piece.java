package io.gat.policy.format;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.YamlLayout;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of a document that moves as a whole: the document, an entry of a mapping or an item of a
 * list, with the comments that belong to it. Comments are added while a document is read.
 */
final class Piece {
  /** A line of its own: a comment, after a blank line or not. */
  record Line(boolean blankBefore, String text) {}

  private final Optional<String> key;
  private final YamlNode value;
  private final Position start;
  private final Position end;
  private final boolean flow;
  private final int column;
  private final int childColumn;
  private final List<Piece> children;
  private boolean blankBefore;
  private final List<Line> above = new ArrayList<>();
  private final List<String> beside = new ArrayList<>();
  private final List<Line> below = new ArrayList<>();

  private Piece(
      Optional<String> key, YamlNode value, Position start, YamlLayout layout, int column) {
    this.key = key;
    this.value = value;
    this.start = start;
    this.end = layout.end(value);
    this.flow = layout.isFlow(value);
    this.column = column;
    this.childColumn = value.position().column();
    this.children =
        switch (value) {
          case YamlNode.Scalar scalar -> List.of();
          case YamlNode.Sequence sequence ->
              sequence.items().stream()
                  .map(i -> new Piece(Optional.empty(), i, i.position(), layout, childColumn))
                  .toList();
          case YamlNode.Mapping mapping ->
              mapping.entries().stream()
                  .map(
                      e ->
                          new Piece(
                              Optional.of(e.key()),
                              e.value(),
                              e.keyPosition(),
                              layout,
                              e.keyPosition().column()))
                  .toList();
        };
  }

  /** A document's root. */
  static Piece of(YamlNode root, YamlLayout layout) {
    return new Piece(Optional.empty(), root, root.position(), layout, 0);
  }

  /** Its key; empty for a document and an item. */
  Optional<String> key() {
    return key;
  }

  YamlNode value() {
    return value;
  }

  /** Where its key, or without one its value, starts. */
  Position start() {
    return start;
  }

  Position end() {
    return end;
  }

  /** True where its value is written in brackets. */
  boolean isFlow() {
    return flow;
  }

  /** The column of its key or its dash; 0 for a document. */
  int column() {
    return column;
  }

  /** The column that the keys or dashes in it stand at, where it is a block. */
  int childColumn() {
    return childColumn;
  }

  /** The entries or items of its value, in the order of the text. */
  List<Piece> children() {
    return children;
  }

  boolean hasBlankBefore() {
    return blankBefore;
  }

  void setBlankBefore() {
    blankBefore = true;
  }

  /** Comments before it, each in a line of its own. */
  List<Line> above() {
    return above;
  }

  /** Comments in its line. */
  List<String> beside() {
    return beside;
  }

  /** Comments after the last of its children. */
  List<Line> below() {
    return below;
  }

  /** True where a comment stands among its children, so that it cannot be one line. */
  boolean isCommentedInside() {
    return !below.isEmpty()
        || children.stream()
            .anyMatch(c -> !c.above.isEmpty() || !c.beside.isEmpty() || c.isCommentedInside());
  }
}
