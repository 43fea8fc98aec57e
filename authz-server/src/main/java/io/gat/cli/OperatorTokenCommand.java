package io.gat.cli;

import io.gat.admin.OperatorGats;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat operator token}: makes an operator's gat, for whoever can use the issuer's key. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = {
      "Makes an operator's gat and prints it, and only it; or leaves it in a file that only this",
      "user reads. Whoever can use the issuer's key can do so: on its machine, as its user.",
      "Exit code: 0 made, 2 wrong input."
    })
final class OperatorTokenCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The issuer's gat.yaml.")
  private Path config = Path.of("gat.yaml");

  @Option(
      names = "--scope",
      paramLabel = "\"S…\"",
      description = {
        "Some of gat:approve, gat:audit, gat:keys, gat:mint, gat:revoke, separated by spaces",
        "(default: all but gat:approve and gat:mint)."
      })
  private List<String> scopes = List.of("gat:audit gat:keys gat:revoke");

  @Option(
      names = "--subject",
      paramLabel = "X",
      description = "Whose it is, for the audit log (default: this user's name).")
  private @Nullable String subject;

  @Option(
      names = "--ttl",
      paramLabel = "15m",
      converter = TokenMintCommand.Ttl.class,
      description = "How long it lives, at most 15m (default: 15m).")
  private Duration ttl = OperatorGats.LONGEST;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Leaves it there, readable by this user only, instead of printing it.")
  private @Nullable Path out;

  OperatorTokenCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    MintedToken token =
        new LocalMint(ConfigFile.read(config), "gat operator token").mint(request(), Jitter.NONE);
    Path file = out;
    if (file != null) {
      SavedToken.write(file, token.compact());
    }
    switch (output.format()) {
      case TEXT -> {
        if (file == null) {
          console.out().println(token.compact());
        } else {
          console.out().println(file + ": an operator's gat until " + token.expiresAt());
        }
      }
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        if (file == null) {
                          json.writeStringField("token", token.compact());
                        } else {
                          json.writeStringField("file", file.toString());
                        }
                        json.writeStringField("token_id", token.tokenId());
                        json.writeStringField("expires_at", token.expiresAt().toString());
                        json.writeEndObject();
                      }));
    }
    return ExitCode.OK;
  }

  private MintRequest request() {
    TreeSet<String> wanted = new TreeSet<>();
    scopes.stream().flatMap(s -> Stream.of(s.strip().split(" +"))).forEach(wanted::add);
    for (String scope : wanted) {
      if (!OperatorGats.ALL_SCOPES.contains(scope)) {
        throw new UnusableInput(
            "gat operator token: '"
                + scope
                + "' is no operator's scope; the scopes are gat:approve, gat:audit, gat:keys,"
                + " gat:mint, gat:revoke");
      }
    }
    String name = subject;
    try {
      return new MintRequest(
          OperatorGats.AUDIENCE,
          List.copyOf(wanted),
          name == null ? "local:" + System.getProperty("user.name") : name,
          "gat-cli",
          ttl,
          "",
          Map.of());
    } catch (IllegalArgumentException e) {
      throw new UnusableInput("gat operator token: " + e.getMessage());
    }
  }
}
