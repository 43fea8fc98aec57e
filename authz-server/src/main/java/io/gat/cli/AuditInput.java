package io.gat.cli;

import io.gat.audit.AuditSource;
import io.gat.audit.AuditVerifier.Places;
import io.gat.config.GatConfig;
import io.gat.config.IssuerConfig;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

  private @Nullable GatConfig read;

  /** One of the two. */
  static final class Place {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The issuer's gat.yaml: its log is read, also while it runs.")
    private @Nullable Path config;

    @Option(
        names = "--file",
        paramLabel = "EXPORT",
        description = "What `gat audit export` has written; - for standard input.")
    private @Nullable String file;
  }

  /** What is read, for messages. */
  String name() {
    String file = place.file;
    return file == null ? issuer().data().toString() : InputText.name(file);
  }

  /** What its records' places are. */
  Places places() {
    return place.file == null ? Places.POSITIONS : Places.LINES;
  }

  /** What a record's place is called in JSON. */
  String placeName() {
    return switch (places()) {
      case POSITIONS -> "position";
      case LINES -> "line";
    };
  }

  /** The configuration, where one is given. */
  Optional<GatConfig> config() {
    Path file = place.config;
    if (file != null && read == null) {
      read = ConfigFile.read(file);
    }
    return Optional.ofNullable(read);
  }

  private IssuerConfig issuer() {
    return IssuerFiles.issuer(config().orElseThrow());
  }

  /** The file of exported checkpoints that belongs to the log, if a configuration names it. */
  Optional<Path> checkpoints() {
    return place.file == null ? Optional.of(issuer().audit().checkpoints()) : Optional.empty();
  }

  /**
   * Opens the log and works with it.
   *
   * @param after only records behind this position, where it has positions
   * @throws UnusableInput where it cannot be read
   */
  <T> T with(Console console, long after, Function<AuditSource, T> work) {
    String file = place.file;
    if (file == null) {
      // As found: what was done to a record is for the audit chain to tell.
      try (LogReader log = EmbeddedLog.openAsFound(issuer().data())) {
        return work.apply(new AuditSource.Log(log, after));
      } catch (LogException e) {
        throw new UnusableInput(String.valueOf(e.getMessage()));
      }
    }
    try (InputStream in = file.equals("-") ? console.in() : Files.newInputStream(Path.of(file))) {
      return work.apply(new AuditSource.Export(in));
    } catch (NoSuchFileException e) {
      throw new UnusableInput(file + ": there is no such file; give what `gat audit export` wrote");
    } catch (IOException | UncheckedIOException e) {
      throw new UnusableInput(name() + ": cannot be read: " + e.getMessage());
    }
  }

  /** The same with all records. */
  <T> T with(Console console, Function<AuditSource, T> work) {
    return with(console, 0, work);
  }
}
