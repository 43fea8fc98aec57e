package io.gat.cli;

import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.policy.parse.TimeSpan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code gat token mint}: makes a token with the issuer's key, for whoever can read that key. */
@Command(
    name = "mint",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a token and prints it, and only it. Whoever can read the issuer's data folder can do so.",
      "The issuer need not run; where it does, it is asked. No issuance policy is.",
      "Exit code: 0 minted, 2 wrong input."
    })
final class TokenMintCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Option(
      names = "--audience",
      required = true,
      paramLabel = "A",
      description = "The one service that accepts it.")
  private String audience = "";

  @Option(
      names = "--scope",
      required = true,
      paramLabel = "\"S…\"",
      description = "Scopes, separated by spaces.")
  private List<String> scopes = List.of();

  @Option(names = "--subject", required = true, paramLabel = "X", description = "Whom it is about.")
  private String subject = "";

  @Option(names = "--client", required = true, paramLabel = "C", description = "Who presents it.")
  private String client = "";

  @Option(
      names = "--ttl",
      paramLabel = "60s",
      converter = Ttl.class,
      description = "How long it lives, at most 15m (default: 60s, and up to 5%% less).")
  private @Nullable Duration ttl;

  @Option(
      names = "--claim",
      paramLabel = "k=v",
      description = "One more claim: a JSON value, or else a text.")
  private Map<String, String> claims = new LinkedHashMap<>();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The issuer's gat.yaml.")
  private Path config = Path.of("gat.yaml");

  TokenMintCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    LocalMint mint = new LocalMint(ConfigFile.read(config), "gat token mint");
    MintedToken token;
    try {
      MintRequest request =
          new MintRequest(
              audience,
              scopes.stream().flatMap(s -> Stream.of(s.strip().split(" +"))).toList(),
              subject,
              client,
              ttl == null ? Duration.ofSeconds(60) : ttl,
              "",
              values());
      // Who asks for a time gets just that.
      token = mint.mint(request, ttl == null ? Jitter.SHORTER : Jitter.NONE);
    } catch (IllegalArgumentException e) {
      throw new UnusableInput("gat token mint: " + e.getMessage());
    }
    switch (output.format()) {
      case TEXT -> console.out().println(token.compact());
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeStringField("token", token.compact());
                        json.writeStringField("token_id", token.tokenId());
                        json.writeStringField("txn", token.txn());
                        json.writeStringField("expires_at", token.expiresAt().toString());
                        json.writeEndObject();
                      }));
    }
    return ExitCode.OK;
  }

  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    claims.forEach((name, text) -> values.put(name, value(text)));
    return values;
  }

  /** {@code 3}, {@code true}, {@code ["a"]}, {@code "3"} are JSON; {@code acme} is a text. */
  private static Object value(String text) {
    try {
      Map<String, Object> one = StrictJson.object("{\"v\":" + text + "}");
      Object value = one.get("v");
      return value == null || one.size() > 1 ? text : value;
    } catch (MalformedJsonException e) {
      return text;
    }
  }

  /** Reads {@code 60s}, {@code 15m}, {@code 1h}. */
  static final class Ttl implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return TimeSpan.of(text)
          .orElseThrow(
              () -> new TypeConversionException("'" + text + "' is not a time; write 60s or 15m"));
    }
  }
}
