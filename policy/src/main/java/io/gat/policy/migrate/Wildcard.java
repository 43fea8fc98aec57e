package io.gat.policy.migrate;

import java.util.function.UnaryOperator;

/** One of Istio's four ways to match a text. */
sealed interface Wildcard {
  /** {@code *}: anything but the empty text. */
  record Present() implements Wildcard {}

  /** {@code abc}. */
  record Exact(String text) implements Wildcard {}

  /** {@code abc*}. */
  record StartsWith(String text) implements Wildcard {}

  /** {@code *abc}; a star at its end means itself. */
  record EndsWith(String text) implements Wildcard {}

  /** Reads a value in the order in which Istio looks at it. */
  static Wildcard of(String value) {
    if (value.equals("*")) {
      return new Present();
    }
    if (value.startsWith("*")) {
      return new EndsWith(value.substring(1));
    }
    return value.endsWith("*")
        ? new StartsWith(value.substring(0, value.length() - 1))
        : new Exact(value);
  }

  /**
   * The test as CEL.
   *
   * @param subject an expression of type string
   */
  default String cel(String subject) {
    return switch (this) {
      case Present present -> subject + " != ''";
      case Exact exact -> subject + " == " + Cel.text(exact.text());
      case StartsWith start -> subject + ".startsWith(" + Cel.text(start.text()) + ")";
      case EndsWith end -> subject + ".endsWith(" + Cel.text(end.text()) + ")";
    };
  }

  /** The same way to match another text. */
  default Wildcard map(UnaryOperator<String> change) {
    return switch (this) {
      case Present present -> present;
      case Exact exact -> new Exact(change.apply(exact.text()));
      case StartsWith start -> new StartsWith(change.apply(start.text()));
      case EndsWith end -> new EndsWith(change.apply(end.text()));
    };
  }

  /** The text that it matches whole or in part; empty for {@code *}. */
  default String text() {
    return switch (this) {
      case Present present -> "";
      case Exact exact -> exact.text();
      case StartsWith start -> start.text();
      case EndsWith end -> end.text();
    };
  }
}
