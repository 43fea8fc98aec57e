package io.gat.cli;

import picocli.CommandLine.Option;

/** The option {@code --output}, which every command has. */
final class Output {
  /** How results are written. */
  enum Format {
    TEXT,
    JSON
  }

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How results are written (default: text).")
  private Format format = Format.TEXT;

  Format format() {
    return format;
  }
}
