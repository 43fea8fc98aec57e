package io.gat.cli;

import io.gat.config.GatConfig;
import io.gat.config.ListenAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of every command that asks a running server's admin API. A command that has them
 * makes them in its constructor, and takes {@code --config} from here.
 */
final class AdminOptions {
  private final OperatorTokens tokens;
  private @Nullable GatConfig read;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The server's admin API (default: gat.admin.listen of --config).")
  private @Nullable String server;

  @Option(
      names = "--operator-token",
      paramLabel = "FILE|-",
      description = {
        "A gat for the audience gat-admin (default: the file that GAT_OPERATOR_TOKEN_FILE names, then",
        "that of the last `gat operator sign-in`, then the one of the issuer's first start)."
      })
  private @Nullable String operatorToken;

  @Option(names = "--config", paramLabel = "FILE", description = "The server's gat.yaml.")
  private @Nullable Path config;

  /**
   * The options.
   *
   * @param environment the environment's variables
   */
  AdminOptions(Console console, Map<String, String> environment) {
    this.tokens = new OperatorTokens(environment, console, InstantSource.system());
  }

  /**
   * The configuration, where {@code --config} names one.
   *
   * @throws UnusableInput where it cannot be used
   */
  Optional<GatConfig> config() {
    if (read == null && config != null) {
      read = ConfigFile.read(config);
    }
    return Optional.ofNullable(read);
  }

  /** Where the server is. */
  AdminAddress address() {
    return AdminAddress.of(server());
  }

  /** The server's URL as it was given, or of its configuration. */
  String server() {
    String given = server;
    return given != null
        ? given
        : config()
            .map(c -> reachable(c.admin().listen()))
            .orElseThrow(
                () ->
                    new UnusableInput(
                        "which server? give --server URL, or --config FILE of one on this machine"));
  }

  /** Whoever listens on every address can be reached on this machine's own. */
  static String reachable(ListenAddress.Http listen) {
    return switch (listen.host()) {
      case "0.0.0.0" -> new ListenAddress.Http("127.0.0.1", listen.port()).toString();
      case "::" -> new ListenAddress.Http("::1", listen.port()).toString();
      default -> listen.toString();
    };
  }

  /** Looks for tokens. */
  OperatorTokens tokens() {
    return tokens;
  }

  /** True where the options take standard input. */
  boolean readsStandardInput() {
    return "-".equals(operatorToken);
  }

  /**
   * A client of the server with the operator's gat.
   *
   * @throws UnusableInput where there is no address or no gat
   */
  AdminClient client() {
    return AdminClient.of(
        server(),
        tokens.find(operatorToken, address(), config().flatMap(c -> c.admin().bootstrapFile())));
  }
}
