package io.gat.policy.parse;

import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Finds how far a node goes in the line where it starts: what is underlined in a message. */
final class LineEnds {
  private LineEnds() {}

  /** The column after the node's part of its first line; 1 for a node without a place. */
  static int of(Node node) {
    Optional<Mark> start = node.getStartMark();
    Optional<Mark> end = node.getEndMark();
    if (start.isEmpty() || end.isEmpty()) {
      return 1;
    }
    if (end.get().getLine() == start.get().getLine()) {
      return end.get().getColumn() + 1;
    }
    return switch (node) {
      case MappingNode mapping when isBlock(mapping.getFlowStyle(), mapping.getValue().isEmpty()) ->
          first(mapping.getValue().getFirst(), start.get());
      case SequenceNode list when isBlock(list.getFlowStyle(), list.getValue().isEmpty()) ->
          list.getValue()
                  .getFirst()
                  .getStartMark()
                  .filter(m -> sameLine(m, start.get()))
                  .isPresent()
              ? of(list.getValue().getFirst())
              : start.get().getColumn() + 2;
      case ScalarNode scalar -> restOfLine(start.get());
      default -> restOfLine(start.get());
    };
  }

  private static boolean isBlock(FlowStyle style, boolean empty) {
    return style != FlowStyle.FLOW && !empty;
  }

  private static int first(NodeTuple tuple, Mark start) {
    Node value = tuple.getValueNode();
    boolean beside =
        value.getStartMark().filter(m -> sameLine(m, start)).isPresent()
            && value instanceof ScalarNode;
    return of(beside ? value : tuple.getKeyNode());
  }

  private static boolean sameLine(Mark a, Mark b) {
    return a.getLine() == b.getLine();
  }

  // The mark carries the text that the parser had read by then; past its end there is nothing to
  // underline.
  private static int restOfLine(Mark start) {
    int[] text = start.getBuffer();
    int from = start.getPointer();
    int to = from;
    while (to < text.length && text[to] != '\n' && text[to] != '\r') {
      to++;
    }
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t')) {
      to--;
    }
    return start.getColumn() + 1 + Math.max(1, to - from);
  }
}
