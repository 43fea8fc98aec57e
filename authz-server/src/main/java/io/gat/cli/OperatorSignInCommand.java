package io.gat.cli;

import io.gat.admin.SignIn;
import io.gat.config.SignInConfig;
import io.gat.keys.KeySourceException;
import io.gat.keys.OidcDiscovery;
import io.gat.keys.PrivateFiles;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat operator sign-in}: makes an operator of a person, by an OpenID provider. */
@Command(
    name = "sign-in",
    mixinStandardHelpOptions = true,
    description = {
      "Signs a person in with the OpenID provider of the server's gat.admin.sign-in, in a browser on",
      "this machine, and leaves the operator's gat where the other commands find it.",
      "Exit code: 0 signed in, 2 not."
    })
final class OperatorSignInCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int MAX_SECRET = 4 * 1024;

  private final Console console;

  @Mixin private Output output = new Output();

  @Mixin private AdminOptions admin;

  @Option(
      names = "--client-secret-file",
      paramLabel = "FILE",
      description = {
        "For providers that want a secret even of programs on people's machines (default:",
        "gat.admin.sign-in.client-secret-file of --config)."
      })
  private @Nullable Path clientSecret;

  @Option(
      names = "--issuer",
      paramLabel = "URL",
      description = {
        "The provider that is expected (default: gat.admin.sign-in.issuer of --config); needed with",
        "--client-secret-file."
      })
  private @Nullable String issuer;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to leave the gat (default: a file of this user per server).")
  private @Nullable Path out;

  OperatorSignInCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    Path file = target();
    AdminClient client = AdminClient.withoutToken(admin.server());
    Map<String, Object> start = client.call("GET", SignIn.PATH, Map.of(), "").members();
    // Before anything is sent there: a server may name whom it likes.
    expected(text(start, "issuer"));
    CodeFlow flow = new CodeFlow(provider(start), text(start, "client_id"), secret());
    String idToken =
        flow.signIn(
            text(start, "scope"),
            text(start, "nonce"),
            url -> {
              console.err().println("Open this in a browser on this machine and sign in:");
              console.err().println(url);
              console.err().flush();
            });
    AdminAnswer answer =
        client.call(
            "POST",
            SignIn.PATH,
            Map.of(),
            Json.line(
                json -> {
                  json.writeStartObject();
                  json.writeStringField("id_token", idToken);
                  json.writeEndObject();
                }));
    Map<String, Object> gat = answer.members();
    SavedToken.write(file, text(gat, "token"));
    show(file, gat);
    return ExitCode.OK;
  }

  /** A secret goes to the provider that it belongs to, and to nobody else. */
  private void expected(String named) {
    Optional<String> ours =
        issuer != null
            ? Optional.of(issuer)
            : admin.config().flatMap(c -> c.admin().signIn()).map(s -> s.issuer().toString());
    if (ours.isPresent() && !ours.get().equals(named)) {
      throw new UnusableInput(
          "the server names another provider than "
              + printable(ours.get())
              + ": "
              + printable(named)
              + "; nothing was sent there");
    }
    if (ours.isEmpty() && clientSecret != null) {
      throw new UnusableInput(
          "whose secret is it? give --issuer URL of the provider, or --config with its"
              + " gat.admin.sign-in");
    }
  }

  private Path target() {
    Path file = out;
    if (file != null) {
      return file;
    }
    return admin
        .tokens()
        .signedIn(admin.address())
        .orElseThrow(
            () -> new UnusableInput("HOME is not set: give --out FILE for the operator's gat"));
  }

  private static OidcDiscovery provider(Map<String, Object> start) {
    try {
      return OidcDiscovery.fetch(URI.create(text(start, "issuer")), PATIENCE);
    } catch (IllegalArgumentException e) {
      throw new UnusableInput("the server names no provider that has a URL");
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnusableInput("interrupted");
    }
  }

  private Optional<String> secret() {
    Path named = clientSecret;
    Optional<Path> file =
        named != null
            ? Optional.of(named)
            : admin
                .config()
                .flatMap(c -> c.admin().signIn())
                .flatMap(SignInConfig::clientSecretFile);
    try {
      return file.map(
          f ->
              new String(
                      PrivateFiles.readPrivate(f, MAX_SECRET, "give the client's secret"),
                      StandardCharsets.UTF_8)
                  .strip());
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }

  private static String text(Map<String, Object> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new UnusableInput("the server's answer has no " + name + ": no gat of this version");
  }

  private void show(Path file, Map<String, Object> gat) {
    List<String> scopes =
        gat.get("scopes") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of();
    switch (output.format()) {
      case TEXT ->
          console
              .out()
              .println(
                  "signed in as "
                      + printable(text(gat, "subject"))
                      + " until "
                      + printable(text(gat, "expires_at"))
                      + " with "
                      + scopes.stream()
                          .map(OperatorSignInCommand::printable)
                          .collect(Collectors.joining(" "))
                      + "; the gat is in "
                      + file);
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeStringField("file", file.toString());
                        json.writeStringField("subject", text(gat, "subject"));
                        json.writeStringField("token_id", text(gat, "token_id"));
                        json.writeStringField("expires_at", text(gat, "expires_at"));
                        json.writeArrayFieldStart("scopes");
                        for (String scope : scopes) {
                          json.writeString(scope);
                        }
                        json.writeEndArray();
                        json.writeEndObject();
                      }));
    }
  }

  /** What comes from elsewhere must not steer a terminal. */
  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
