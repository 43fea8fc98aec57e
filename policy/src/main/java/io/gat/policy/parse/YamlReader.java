package io.gat.policy.parse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML 1.2 into trees with positions. Aliases, merge keys, tags outside the core schema, keys
 * that are not text, duplicate keys and files over 4 MiB are problems.
 */
public final class YamlReader {
  private static final int MAX_CHARACTERS = 4 << 20;
  private static final int MAX_DEPTH = 50;

  private YamlReader() {}

  /** Documents in the order of the text, or what is wrong with it; never both. */
  public sealed interface Result {
    /** The documents; empty ones are left out. */
    record Documents(List<YamlNode> documents) implements Result {
      public Documents {
        documents = List.copyOf(documents);
      }
    }

    /** At least one problem. */
    record Unreadable(List<Problem> problems) implements Result {
      public Unreadable {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads a text.
   *
   * @param file what to call it in positions
   */
  public static Result read(String file, String text) {
    if (text.length() > MAX_CHARACTERS) {
      return new Result.Unreadable(
          List.of(
              problem(
                  ProblemId.TOO_LARGE,
                  new Position(file, 1, 1),
                  "the file is larger than 4 MiB",
                  "split it")));
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setSchema(new PlainSchema())
            .setUseMarks(true)
            .setAllowDuplicateKeys(true) // reported here, with a path and every time
            .setMaxAliasesForCollections(0)
            .setAllowNonScalarKeys(true) // reported here, too
            .setCodePointLimit(MAX_CHARACTERS)
            .build();
    List<YamlNode> documents = new ArrayList<>();
    Converter converter = new Converter(file);
    try {
      String content = withoutMark(text);
      Optional<Problem> unsafe = unsafe(file, new Parse(settings).parseString(content));
      if (unsafe.isPresent()) {
        return new Result.Unreadable(List.of(unsafe.get()));
      }
      for (Node root : new Compose(settings).composeAllFromString(content)) {
        if (converter.isEmpty(root)) {
          continue;
        }
        converter.convert(root, "").ifPresent(documents::add);
      }
    } catch (MarkedYamlEngineException e) {
      String message = e.getProblem() == null ? "not YAML" : oneLine(e.getProblem());
      Position at = e.getProblemMark().map(m -> position(file, m)).orElse(new Position(file, 1, 1));
      return new Result.Unreadable(
          List.of(problem(ProblemId.NOT_YAML, at, "not valid YAML: " + message, remedy(message))));
    } catch (YamlEngineException e) {
      return new Result.Unreadable(
          List.of(
              problem(
                  ProblemId.NOT_YAML,
                  new Position(file, 1, 1),
                  "not valid YAML: " + oneLine(String.valueOf(e.getMessage())),
                  "mend the text")));
    }
    return converter.problems.isEmpty()
        ? new Result.Documents(documents)
        : new Result.Unreadable(converter.problems);
  }

  // The engine composes recursively, follows an explicit merge tag without a trace and loses the
  // place of an alias, so all three are looked for in the stream of events, before it composes.
  private static Optional<Problem> unsafe(String file, Iterable<Event> events) {
    int depth = 0;
    Position start = new Position(file, 1, 1);
    for (Event event : events) {
      switch (event.getEventId()) {
        case SequenceStart, MappingStart -> depth++;
        case SequenceEnd, MappingEnd -> depth--;
        default -> {}
      }
      Position at = event.getStartMark().map(m -> position(file, m)).orElse(start);
      if (event instanceof AliasEvent) {
        return Optional.of(
            problem(
                ProblemId.ANCHOR, at, "anchors and aliases are not read", "write the value out"));
      }
      if (event instanceof ScalarEvent scalar
          && scalar.getTag().filter(tag -> tag.equals(Tag.MERGE.getValue())).isPresent()) {
        return Optional.of(
            problem(ProblemId.MERGE_KEY, at, "merge keys are not read", "write the keys out"));
      }
      if (depth > MAX_DEPTH) {
        String message = "nested deeper than " + MAX_DEPTH + " levels";
        return Optional.of(problem(ProblemId.TOO_LARGE, at, message, "flatten it"));
      }
    }
    return Optional.empty();
  }

  private static String remedy(String message) {
    if (!message.contains("cannot start any token")) {
      return "mend the text at this place";
    }
    return message.contains("(TAB)") ? "indent with spaces" : "put the text in quotes";
  }

  private static Problem problem(ProblemId id, Position at, String message, String remedy) {
    return Problem.of(id, at, at.column() + 1, "", message, remedy);
  }

  // A byte order mark is not part of the text, and would shift the first line's columns.
  private static String withoutMark(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static String oneLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }

  private static Position position(String file, Mark mark) {
    return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /**
   * The core schema, in which {@code <<} is an ordinary key and <code>${name}</code> an ordinary
   * text: the engine would merge silently, and what a rule says would no longer stand where the
   * rule is; and it would read the process's environment variables.
   */
  private static final class PlainSchema extends CoreSchema {
    @Override
    public ScalarResolver getScalarResolver() {
      ScalarResolver core = super.getScalarResolver();
      return (value, implicit) -> {
        Tag tag = core.resolve(value, implicit);
        return tag.equals(Tag.MERGE) || tag.equals(Tag.ENV_TAG) ? Tag.STR : tag;
      };
    }
  }

  private static final class Converter {
    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    Converter(String file) {
      this.file = file;
    }

    boolean isEmpty(Node root) {
      return root instanceof ScalarNode s && s.getValue().isEmpty() && s.getTag().equals(Tag.NULL);
    }

    private Position at(Node node) {
      return node.getStartMark().map(m -> position(file, m)).orElse(new Position(file, 1, 1));
    }

    private Optional<YamlNode> refuse(
        ProblemId id, Node node, String path, String message, String remedy) {
      Position at = at(node);
      problems.add(Problem.of(id, at, LineEnds.of(node), path, message, remedy));
      return Optional.empty();
    }

    Optional<YamlNode> convert(Node node, String path) {
      if (node.getAnchor().isPresent()) {
        return refuse(
            ProblemId.ANCHOR,
            node,
            path,
            "anchors and aliases are not read",
            "write the value out");
      }
      boolean otherTag =
          switch (node) {
            case SequenceNode sequence -> !sequence.getTag().equals(Tag.SEQ);
            case MappingNode mapping -> !mapping.getTag().equals(Tag.MAP);
            default -> false;
          };
      if (otherTag) {
        return refuse(
            ProblemId.FOREIGN_TAG, node, path, "a tag here is not read", "remove the tag");
      }
      return switch (node) {
        case ScalarNode scalar -> scalar(scalar, path);
        case SequenceNode sequence -> sequence(sequence, path);
        case MappingNode mapping -> mapping(mapping, path);
        default ->
            refuse(ProblemId.FOREIGN_TAG, node, path, "not a scalar, a list or a mapping", "");
      };
    }

    private Optional<YamlNode> scalar(ScalarNode node, String path) {
      Tag tag = node.getTag();
      YamlNode.Kind kind;
      if (tag.equals(Tag.STR)) {
        kind = YamlNode.Kind.TEXT;
      } else if (tag.equals(Tag.BOOL)) {
        kind = YamlNode.Kind.BOOLEAN;
      } else if (tag.equals(Tag.INT)) {
        kind = YamlNode.Kind.INTEGER;
      } else if (tag.equals(Tag.FLOAT)) {
        kind = YamlNode.Kind.FLOAT;
      } else if (tag.equals(Tag.NULL)) {
        kind = YamlNode.Kind.NULL;
      } else {
        return refuse(
            ProblemId.FOREIGN_TAG,
            node,
            path,
            "the tag " + tag.getValue() + " is not read",
            "remove the tag");
      }
      return Optional.of(
          new YamlNode.Scalar(
              at(node), LineEnds.of(node), path, node.getValue(), kind, style(node)));
    }

    private static YamlNode.Style style(ScalarNode node) {
      return switch (node.getScalarStyle()) {
        case PLAIN, JSON_SCALAR_STYLE -> YamlNode.Style.PLAIN;
        case SINGLE_QUOTED -> YamlNode.Style.SINGLE_QUOTED;
        case DOUBLE_QUOTED -> YamlNode.Style.DOUBLE_QUOTED;
        case LITERAL -> YamlNode.Style.LITERAL;
        case FOLDED -> YamlNode.Style.FOLDED;
      };
    }

    private Optional<YamlNode> sequence(SequenceNode node, String path) {
      List<YamlNode> items = new ArrayList<>();
      int index = 0;
      for (Node item : node.getValue()) {
        convert(item, path + "[" + index + "]").ifPresent(items::add);
        index++;
      }
      return Optional.of(new YamlNode.Sequence(at(node), LineEnds.of(node), path, items));
    }

    private Optional<YamlNode> mapping(MappingNode node, String path) {
      List<YamlNode.Entry> entries = new ArrayList<>();
      Set<String> keys = new HashSet<>();
      for (NodeTuple tuple : node.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key) || key.getAnchor().isPresent()) {
          refuse(
              ProblemId.KEY_NOT_TEXT,
              tuple.getKeyNode(),
              path,
              "a key must be plain text",
              "write one word before the colon");
          continue;
        }
        String name = key.getValue();
        String child = path.isEmpty() ? name : path + "." + name;
        if (name.equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN) {
          refuse(ProblemId.MERGE_KEY, key, child, "merge keys are not read", "write the keys out");
          continue;
        }
        if (!keys.add(name)) {
          refuse(
              ProblemId.DUPLICATE_KEY,
              key,
              child,
              "the key `" + name + "` stands twice",
              "remove one of them");
          continue;
        }
        convert(tuple.getValueNode(), child)
            .ifPresent(
                value -> entries.add(new YamlNode.Entry(name, at(key), LineEnds.of(key), value)));
      }
      return Optional.of(new YamlNode.Mapping(at(node), LineEnds.of(node), path, entries));
    }
  }
}
