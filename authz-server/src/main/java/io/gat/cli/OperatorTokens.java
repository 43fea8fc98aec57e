package io.gat.cli;

import io.gat.keys.FileExposure;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the gat of whoever uses the command line as an operator: the one that is named, else the
 * file that {@value #VARIABLE} names, else that of the last {@code gat operator sign-in}, else the
 * one that the issuer wrote at its first start. Those that nobody named are passed over once they
 * have expired.
 */
final class OperatorTokens {
  static final String VARIABLE = "GAT_OPERATOR_TOKEN_FILE";

  private static final int MAX_BYTES = 16 * 1024;
  private static final String ADVICE = "give a file with an operator's gat, or -";

  private final Map<String, String> environment;
  private final Console console;
  private final InstantSource clock;

  /**
   * A finder.
   *
   * @param environment the environment's variables
   */
  OperatorTokens(Map<String, String> environment, Console console, InstantSource clock) {
    this.environment = Map.copyOf(environment);
    this.console = console;
    this.clock = clock;
  }

  /**
   * The gat, without scheme.
   *
   * @param named by {@code --operator-token}: a file, or {@code -}; null for none
   * @param server for whose sign-in to look
   * @param bootstrap the file that the issuer wrote
   * @throws UnusableInput where there is none; it says what was tried
   */
  String find(@Nullable String named, AdminAddress server, Optional<Path> bootstrap) {
    if (named != null) {
      return named(named);
    }
    String variable = environment.getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return read(Path.of(variable));
    }
    List<String> tried = new ArrayList<>();
    tried.add("no --operator-token");
    tried.add(VARIABLE + " is not set");
    for (Optional<Path> place : List.of(signedIn(server), bootstrap)) {
      if (place.isPresent()) {
        Optional<String> found = live(place.get(), tried);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw new UnusableInput(
        "no operator's gat: "
            + String.join(", ", tried)
            + "; `gat operator token --config FILE --out FILE` makes one on the issuer's machine,"
            + " `gat operator sign-in` for people");
  }

  /** Whoever names a file knows who else can read it, and is told so all the same. */
  private String named(String source) {
    if (!source.equals("-")) {
      FileExposure.ofSecret(Path.of(source))
          .ifPresent(exposure -> console.err().println("warning: " + exposure));
    }
    return TokenInput.compact(source, console.in());
  }

  /** Where a sign-in leaves its gat; absent where this user has no home. */
  Optional<Path> signedIn(AdminAddress server) {
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (config.isEmpty() && home.isEmpty()) {
      return Optional.empty();
    }
    Path folder = config.isEmpty() ? Path.of(home, ".config") : Path.of(config);
    return Optional.of(folder.resolve("gat").resolve("operator-" + server.fileName() + ".token"));
  }

  private Optional<String> live(Path file, List<String> tried) {
    if (!Files.exists(file)) {
      tried.add(file + " is not there");
      return Optional.empty();
    }
    if (!Files.isReadable(file)) {
      tried.add(file + " is not this user's to read");
      return Optional.empty();
    }
    String compact = read(file);
    Optional<Instant> end = TokenInput.of(file.toString(), compact).expiresAt();
    if (end.isPresent() && !end.get().isAfter(clock.instant())) {
      tried.add(file + " expired at " + end.get());
      return Optional.empty();
    }
    return Optional.of(compact);
  }

  private static String read(Path file) {
    try {
      return TokenInput.withoutScheme(
          new String(PrivateFiles.readPrivate(file, MAX_BYTES, ADVICE), StandardCharsets.UTF_8));
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }
}
