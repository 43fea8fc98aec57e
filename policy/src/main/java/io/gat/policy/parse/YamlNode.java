package io.gat.policy.parse;

import java.util.List;
import java.util.Optional;

/** A node of a YAML 1.2 document, with its place in the text and its key path. */
public sealed interface YamlNode {
  /** Where the node starts. */
  Position position();

  /**
   * Where it ends in the line where it starts, exclusive. Of what has several lines, only the part
   * in its first line counts; of a block of keys or items, only the first one.
   */
  int endColumn();

  /** The key path from the document's root, such as {@code rules[2].methods}; empty at the root. */
  String path();

  /** What the node is, for messages: "a list", "a mapping", "the text \"x\"", "nothing". */
  String described();

  /**
   * A plain or quoted value.
   *
   * @param text the value as text, escapes resolved
   * @param kind how YAML's core schema reads it
   * @param style how it is written
   */
  record Scalar(Position position, int endColumn, String path, String text, Kind kind, Style style)
      implements YamlNode {
    @Override
    public String described() {
      return switch (kind) {
        case TEXT -> "the text \"" + text + "\"";
        case NULL -> "nothing";
        case BOOLEAN, INTEGER, FLOAT -> text;
      };
    }
  }

  /** How YAML 1.2's core schema reads a scalar; a quoted one is always {@link #TEXT}. */
  enum Kind {
    TEXT,
    BOOLEAN,
    INTEGER,
    FLOAT,
    NULL
  }

  /** How a scalar is written. */
  enum Style {
    PLAIN,
    SINGLE_QUOTED,
    DOUBLE_QUOTED,
    /** A block after {@code |}: lines are kept. */
    LITERAL,
    /** A block after {@code >}: lines are joined. */
    FOLDED
  }

  /** A list. */
  record Sequence(Position position, int endColumn, String path, List<YamlNode> items)
      implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  /** A mapping, in the order of the text; its keys are distinct. */
  record Mapping(Position position, int endColumn, String path, List<Entry> entries)
      implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** The value of a key. */
    public Optional<YamlNode> get(String key) {
      return entries.stream().filter(e -> e.key().equals(key)).map(Entry::value).findFirst();
    }

    @Override
    public String described() {
      return "a mapping";
    }
  }

  /**
   * A key with its value.
   *
   * @param keyPosition where the key stands
   * @param keyEndColumn where it ends in that line, exclusive
   */
  record Entry(String key, Position keyPosition, int keyEndColumn, YamlNode value) {}
}
