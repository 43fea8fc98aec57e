package io.gat.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Objects;

/**
 * What a command reads and writes.
 *
 * @param out results
 * @param err problems and everything else
 * @param in what {@code -} stands for
 */
public record Console(PrintWriter out, PrintWriter err, InputStream in) {
  public Console {
    Objects.requireNonNull(out);
    Objects.requireNonNull(err);
    Objects.requireNonNull(in);
  }
}
