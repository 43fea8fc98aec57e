package io.gat.policy.verify;

import io.gat.policy.parse.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What of a policy its tests have asked about: every rule, and both outcomes of every condition.
 *
 * @param points in the order of files and lines
 */
public record Coverage(List<Point> points) {
  public Coverage {
    points = List.copyOf(points);
  }

  /** Something of a policy that a test can see. */
  public enum Aspect {
    /** The rule decided a call, or granted a token. */
    RULE("no test reaches it"),
    CONDITION_TRUE("no test sees its condition true"),
    CONDITION_FALSE("no test sees its condition false");

    private final String missing;

    Aspect(String missing) {
      this.missing = missing;
    }

    /** What is said of a rule where it is missing. */
    String missing() {
      return missing;
    }
  }

  /**
   * One of these things.
   *
   * @param position where the rule or its condition stands
   * @param document the name of the rule's service or issuance document
   * @param seen whether a test has seen it
   */
  public record Point(
      Position position, String document, String rule, Aspect aspect, boolean seen) {
    public Point {
      Objects.requireNonNull(position);
      Objects.requireNonNull(document);
      Objects.requireNonNull(rule);
      Objects.requireNonNull(aspect);
    }

    /** {@code file:line:column: orders/read-order: no test reaches it}. */
    public String described() {
      return position + ": " + document + "/" + rule + ": " + aspect.missing();
    }
  }

  Coverage with(Coverage other) {
    List<Point> all = new ArrayList<>(points);
    all.addAll(other.points);
    return new Coverage(all);
  }

  /** How many of the points were seen. */
  public int seen() {
    return (int) points.stream().filter(Point::seen).count();
  }

  /** The part that was seen, in [0, 100], rounded down; 100 where there is nothing to see. */
  public int percent() {
    return points.isEmpty() ? 100 : (int) (100L * seen() / points.size());
  }

  /** What no test has seen. */
  public List<Point> missing() {
    return points.stream().filter(p -> !p.seen()).toList();
  }
}
