package io.gat.cli;

import io.gat.client.ClientTls;
import io.gat.client.Credentials;
import io.gat.client.IssuerClient;
import io.gat.client.Timing;
import io.gat.client.TokenAnswer;
import io.gat.client.TokenWish;
import io.gat.keys.FileExposure;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which issuers a command asks, as whom, and for what; and how it tells what came of it. */
final class IssuerOptions {
  private static final int MAX_SECRET = 4096;
  private static final int MAX_RESULT = 16 * 1024;

  @Option(
      names = "--issuer",
      required = true,
      split = ",",
      paramLabel = "URL[,URL]",
      description = "Issuers that share a log: where one does not answer, the next one is asked.")
  private List<URI> issuers = List.of();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "The authorities that have signed the issuers' certificates, as PEM.")
  private @Nullable Path authorities;

  @ArgGroup(exclusive = false)
  private @Nullable Secret secret;

  @Option(
      names = "--client-assertion-file",
      paramLabel = "FILE",
      description = "Who asks, by a signed JWT: a service account's token, a JWT-SVID, a CI job's.")
  private @Nullable Path assertion;

  @ArgGroup(exclusive = false)
  private @Nullable Certificate certificate;

  @Option(
      names = "--audience",
      required = true,
      paramLabel = "A",
      description = "The one service that accepts it.")
  private String audience = "";

  @Option(names = "--scope", paramLabel = "\"S…\"", description = "Scopes, separated by spaces.")
  private List<String> scopes = List.of();

  @Option(
      names = "--ttl",
      paramLabel = "60s",
      converter = TokenMintCommand.Ttl.class,
      description = "How long it shall live (default: the issuer's).")
  private @Nullable Duration ttl;

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description = "A tag of those that the issuance rule lists; may be repeated.")
  private Map<String, String> tags = new LinkedHashMap<>();

  @Option(
      names = "--attestation",
      paramLabel = "FILE",
      description = "A verifier's signed result; may be repeated.")
  private List<Path> attestations = List.of();

  @Option(
      names = "--approval",
      paramLabel = "ID",
      description = "The second person's yes to use (default: any that there is).")
  private String approval = "";

  /** A client's id and secret. */
  private static final class Secret {
    @Option(names = "--client-id", required = true, paramLabel = "ID", description = "Who asks.")
    private String id = "";

    @Option(
        names = "--client-secret-file",
        required = true,
        paramLabel = "FILE",
        description = "Its secret; nobody else may read the file.")
    private Path file = Path.of("secret");
  }

  /** A certificate with its key. */
  private static final class Certificate {
    @Option(
        names = "--certificate",
        required = true,
        paramLabel = "FILE",
        description =
            "Who asks, by the certificate of the connection (PEM); tokens may be bound to it.")
    private Path chain = Path.of("certificate.pem");

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "Its key, an unencrypted PKCS#8 PEM that nobody else may read.")
    private Path key = Path.of("key.pem");
  }

  /** A client of them; the caller closes it. */
  IssuerClient client() {
    if (secret != null && assertion != null) {
      throw new UnusableInput("--client-secret-file and --client-assertion-file: give one of them");
    }
    try {
      return new IssuerClient(issuers, credentials(), tls(), Timing.standard());
    } catch (KeySourceException | IllegalArgumentException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }

  private Credentials credentials() {
    if (secret != null) {
      FileExposure.ofSecret(secret.file)
          .ifPresent(
              exposed -> {
                throw new UnusableInput(exposed);
              });
      byte[] bytes =
          PrivateFiles.read(secret.file, MAX_SECRET, "name a file that holds the client's secret");
      return new Credentials.ClientSecret(
          secret.id, new String(bytes, StandardCharsets.UTF_8).strip());
    }
    return assertion == null
        ? new Credentials.OfConnection()
        : new Credentials.AssertionFile(assertion);
  }

  private Optional<SSLContext> tls() {
    if (authorities == null && certificate == null) {
      return Optional.empty();
    }
    return Optional.of(
        ClientTls.context(
            Optional.ofNullable(authorities),
            Optional.ofNullable(certificate).map(own -> new ClientTls.Own(own.chain, own.key))));
  }

  /** What is asked for. */
  TokenWish wish() {
    return new TokenWish(
        audience,
        scopes.stream().flatMap(s -> Stream.of(s.strip().split(" +"))).toList(),
        Optional.ofNullable(ttl),
        tags,
        attestations.stream()
            .map(
                file ->
                    InputText.read(
                            file.toString(),
                            InputStream.nullInputStream(),
                            MAX_RESULT,
                            "name a file with a verifier's result")
                        .strip())
            .toList(),
        approval);
  }

  /**
   * Prints a token, or why there is none.
   *
   * @param command for messages
   * @return the exit code
   */
  static int tell(Console console, Output output, String command, TokenAnswer answer) {
    return switch (answer) {
      case TokenAnswer.Granted granted -> {
        switch (output.format()) {
          case TEXT -> console.out().println(granted.token());
          case JSON -> console.out().println(json(granted));
        }
        yield ExitCode.OK;
      }
      case TokenAnswer.Refused refused -> {
        console
            .err()
            .println(
                command
                    + ": "
                    + refused.error()
                    + (refused.description().isEmpty() ? "" : ": " + refused.description()));
        yield ExitCode.NO;
      }
      case TokenAnswer.Throttled later ->
          throw new UnusableInput(
              command
                  + ": too many tokens were asked for; try again in "
                  + later.retryAfter().toSeconds()
                  + " s");
      case TokenAnswer.Unavailable none ->
          throw new UnusableInput(
              command + ": no issuer answers: " + String.join("; ", none.why()));
    };
  }

  private static String json(TokenAnswer.Granted granted) {
    return Json.indented(
        Json.line(
            json -> {
              json.writeStartObject();
              json.writeStringField("token", granted.token());
              json.writeNumberField("expires_in", granted.expiresIn().toSeconds());
              json.writeStringField("scope", String.join(" ", granted.scopes()));
              json.writeStringField("issuer", granted.issuer().toString());
              json.writeEndObject();
            }));
  }
}
