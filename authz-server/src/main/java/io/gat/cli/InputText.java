package io.gat.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a text that a person names: a file, or {@code -} for standard input. */
final class InputText {
  private InputText() {}

  /** How messages call a source. */
  static String name(String source) {
    return source.equals("-") ? "standard input" : source;
  }

  /**
   * The whole text.
   *
   * @param maxBytes the longest one that is read
   * @param advice what to give instead, for messages
   * @throws UnusableInput where there is none, or it is longer
   */
  static String read(String source, InputStream standardInput, int maxBytes, String advice) {
    String name = name(source);
    try (InputStream in =
        source.equals("-") ? standardInput : Files.newInputStream(Path.of(source))) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new UnusableInput(name + ": larger than " + maxBytes / 1024 + " KiB; " + advice);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new UnusableInput(name + ": there is no such file; " + advice);
    } catch (IOException e) {
      throw new UnusableInput(name + ": cannot be read; " + advice);
    }
  }
}
