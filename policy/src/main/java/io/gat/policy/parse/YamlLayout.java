package io.gat.policy.parse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * What a YAML text says beside its values: its comments, its document marks, and where each node
 * ends. Made only of a text that {@link YamlReader} has read; its lines end with {@code \n}.
 */
public final class YamlLayout {
  private final String file;
  private final int[] text;
  private final List<String> lines;
  private final List<Comment> comments = new ArrayList<>();
  private final List<Document> documents = new ArrayList<>();
  private final Map<Position, Position> scalarEnds = new HashMap<>();
  private final Map<Position, Position> sequenceEnds = new HashMap<>();
  private final Map<Position, Position> mappingEnds = new HashMap<>();
  private final Map<Position, FlowStyle> sequenceStyles = new HashMap<>();
  private final Map<Position, FlowStyle> mappingStyles = new HashMap<>();

  private YamlLayout(String file, String text) {
    this.file = file;
    this.text = text.codePoints().toArray();
    this.lines = List.of(text.split("\n", -1));
  }

  /** The order of places in one text. */
  public static final Comparator<Position> ORDER =
      Comparator.comparingInt(Position::line).thenComparingInt(Position::column);

  /** What stands before a comment in its line. */
  public enum Place {
    /** Blanks only. */
    OWN_LINE,
    /** A part of a node, or a mark. */
    BESIDE
  }

  /**
   * A comment.
   *
   * @param position of its {@code #}
   * @param text from the {@code #} on, without blanks at the end
   */
  public record Comment(Position position, String text, Place place) {
    public Comment {
      Objects.requireNonNull(position);
      Objects.requireNonNull(text);
      Objects.requireNonNull(place);
    }
  }

  /**
   * A document of the text; an empty one, too.
   *
   * @param mark where its {@code ---} stands; empty where none is written
   * @param content from where on its content may stand
   * @param end where its content ends at the latest
   * @param closing where its {@code ...} stands; empty where none is written
   * @param directives lines that start with a percent sign, before its mark
   */
  public record Document(
      Optional<Position> mark,
      Position content,
      Position end,
      Optional<Position> closing,
      List<String> directives) {
    public Document {
      directives = List.copyOf(directives);
    }
  }

  /** Reads the layout of a text that {@link YamlReader#read} takes. */
  public static YamlLayout of(String file, String text) {
    YamlLayout layout = new YamlLayout(file, text);
    layout.read(text);
    return layout;
  }

  /** All comments, in the order of the text. */
  public List<Comment> comments() {
    return List.copyOf(comments);
  }

  /** All documents, in the order of the text. */
  public List<Document> documents() {
    return List.copyOf(documents);
  }

  /** True where a line has nothing but blanks. */
  public boolean isBlank(int line) {
    return line >= 1 && line <= lines.size() && lines.get(line - 1).isBlank();
  }

  /** A line as it is written. */
  public String line(int number) {
    return lines.get(number - 1);
  }

  /** Where a node's text ends. */
  public Position end(YamlNode node) {
    Position start = node.position();
    return Objects.requireNonNull(
        switch (node) {
          case YamlNode.Scalar scalar -> scalarEnds.get(start);
          case YamlNode.Sequence sequence -> sequenceEnds.get(start);
          case YamlNode.Mapping mapping -> mappingEnds.get(start);
        });
  }

  /** True for a list or mapping that is written in brackets. */
  public boolean isFlow(YamlNode node) {
    Position start = node.position();
    return switch (node) {
      case YamlNode.Scalar scalar -> false;
      case YamlNode.Sequence sequence -> sequenceStyles.get(start) == FlowStyle.FLOW;
      case YamlNode.Mapping mapping -> mappingStyles.get(start) == FlowStyle.FLOW;
    };
  }

  private void read(String content) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setUseMarks(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    List<CollectionStartEvent> open = new ArrayList<>();
    Position last = new Position(file, 1, 1);
    int scanned = 0;
    Optional<Position> mark = Optional.empty();
    List<String> directives = List.of();
    Position start = last;
    for (Event event : new Parse(settings).parseString(content)) {
      switch (event.getEventId()) {
        case DocumentStart -> {
          boolean explicit = ((DocumentStartEvent) event).isExplicit();
          // The event starts with its directives, and ends with the mark.
          mark = explicit ? Optional.of(before(at(event.getEndMark()))) : Optional.empty();
          int marked = event.getEndMark().orElseThrow().getIndex() - (explicit ? 3 : 0);
          directives = explicit ? directives(scanned, marked) : List.of();
          scanned = explicit ? marked + 3 : scanned;
          start = at(event.getEndMark());
          last = start;
        }
        case Scalar -> {
          ScalarEvent scalar = (ScalarEvent) event;
          int from = event.getStartMark().orElseThrow().getIndex();
          comments(scanned, from);
          scanned = event.getEndMark().orElseThrow().getIndex();
          if (scalar.getScalarStyle() == ScalarStyle.LITERAL
              || scalar.getScalarStyle() == ScalarStyle.FOLDED) {
            comments(from, lineEnd(from));
          }
          last = at(event.getEndMark());
          scalarEnds.put(at(event.getStartMark()), last);
        }
        case SequenceStart, MappingStart -> {
          CollectionStartEvent collection = (CollectionStartEvent) event;
          Map<Position, FlowStyle> styles =
              event.getEventId() == Event.ID.SequenceStart ? sequenceStyles : mappingStyles;
          styles.put(at(event.getStartMark()), collection.getFlowStyle());
          open.add(collection);
        }
        case SequenceEnd, MappingEnd -> {
          CollectionStartEvent collection = open.removeLast();
          // A block ends with its last node, not where the next token happens to stand.
          last = collection.isFlow() ? at(event.getEndMark()) : last;
          Map<Position, Position> ends =
              event.getEventId() == Event.ID.SequenceEnd ? sequenceEnds : mappingEnds;
          ends.put(at(collection.getStartMark()), last);
        }
        case DocumentEnd -> {
          Position end = at(event.getStartMark());
          Optional<Position> closing =
              ((DocumentEndEvent) event).isExplicit() ? Optional.of(end) : Optional.empty();
          documents.add(new Document(mark, start, end, closing, directives));
        }
        case StreamEnd -> comments(scanned, text.length);
        case StreamStart, Alias, Comment -> {}
      }
    }
    comments.sort(Comparator.comparing(Comment::position, ORDER));
  }

  private List<String> directives(int from, int to) {
    List<String> directives = new ArrayList<>();
    int at = from;
    for (int i = from; i < to; i = lineEnd(i) + 1) {
      if (text[i] == '%' && (i == 0 || text[i - 1] == '\n')) {
        comments(at, i);
        directives.add(slice(i, lineEnd(i)).stripTrailing());
        at = lineEnd(i);
      }
    }
    comments(at, to);
    return directives;
  }

  /** Finds the comments in a part of the text that no scalar is in. */
  private void comments(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '#' && (i == 0 || Character.isWhitespace(text[i - 1]))) {
        int end = lineEnd(i);
        int line = lineOf(i);
        int column = i - lineStart(i) + 1;
        boolean own = slice(lineStart(i), i).isBlank();
        comments.add(
            new Comment(
                new Position(file, line, column),
                slice(i, end).stripTrailing(),
                own ? Place.OWN_LINE : Place.BESIDE));
        i = end;
      }
    }
  }

  private int lineEnd(int at) {
    int end = at;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private int lineStart(int at) {
    int start = at;
    while (start > 0 && text[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  private int countedTo;
  private int countedLine = 1;

  // Comments are found nearly in the order of the text, so counting goes on where it stopped.
  private int lineOf(int at) {
    if (at < countedTo) {
      countedTo = 0;
      countedLine = 1;
    }
    for (; countedTo < at; countedTo++) {
      if (text[countedTo] == '\n') {
        countedLine++;
      }
    }
    return countedLine;
  }

  private String slice(int from, int to) {
    return new String(text, from, to - from);
  }

  private static Position before(Position end) {
    return new Position(end.file(), end.line(), Math.max(1, end.column() - 3));
  }

  private Position at(Optional<Mark> mark) {
    Mark there = mark.orElseThrow();
    return new Position(file, there.getLine() + 1, there.getColumn() + 1);
  }
}
