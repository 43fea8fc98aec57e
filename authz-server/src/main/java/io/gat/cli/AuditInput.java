package io.gat.cli;

import io.gat.audit.AuditSource;
import io.gat.audit.AuditVerifier.Places;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say which audit log a command reads. */
final class AuditInput {
  @ArgGroup(multiplicity = "1")
  private Place place = new Place();

  /** One of the two. */
  static final class Place {
    @Option(
        names = "--file",
        paramLabel = "EXPORT",
        description = "What `gat audit export` has written; - for standard input.")
    private @Nullable String file;
  }

  /** What messages call it. */
  String name() {
    String file = place.file;
    return file == null ? "the audit log" : InputText.name(file);
  }

  /** What its records' places are. */
  Places places() {
    return Places.LINES;
  }

  /** The file of exported checkpoints that belongs to the log, if a configuration names it. */
  Optional<Path> checkpoints() {
    return Optional.empty();
  }

  /**
   * Opens the log and works with it.
   *
   * @throws UnusableInput where it cannot be read
   */
  <T> T with(Console console, Function<AuditSource, T> work) {
    String file = String.valueOf(place.file);
    try (InputStream in = file.equals("-") ? console.in() : Files.newInputStream(Path.of(file))) {
      return work.apply(new AuditSource.Export(in));
    } catch (NoSuchFileException e) {
      throw new UnusableInput(file + ": there is no such file; give what `gat audit export` wrote");
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new UnusableInput(name() + ": cannot be read: " + e.getMessage());
    }
  }
}
