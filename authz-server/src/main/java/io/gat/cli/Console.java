package io.gat.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Objects;

/**
 * What a command reads and writes.
 *
 * @param out results, in UTF-8
 * @param err problems and everything else, in UTF-8
 * @param in what {@code -} stands for
 * @param watched true where a person looks on, so that progress may be shown on {@code err}
 */
public record Console(PrintStream out, PrintStream err, InputStream in, boolean watched) {
  public Console {
    Objects.requireNonNull(out);
    Objects.requireNonNull(err);
    Objects.requireNonNull(in);
  }

  /** A console that nobody watches. */
  public Console(PrintStream out, PrintStream err, InputStream in) {
    this(out, err, in, false);
  }
}
