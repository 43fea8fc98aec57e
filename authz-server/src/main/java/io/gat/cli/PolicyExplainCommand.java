package io.gat.cli;

import io.gat.admin.ExplainRequest;
import io.gat.decide.explain.Explanation;
import io.gat.decide.explain.ExplanationJson;
import io.gat.decide.explain.ExplanationText;
import io.gat.policy.compile.PolicyCompiler;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code gat policy explain}: says of one call why it is decided as it is. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Says of one call, step by step, why it is decided as it is, and what an allow would take.",
      "Exit code: 0 allow, 1 deny, error or undecided, 2 wrong input."
    })
final class PolicyExplainCommand implements Callable<Integer> {
  private final Console console;
  private final OperatorTokens operators;

  @Mixin private Output output = new Output();

  @Mixin private CallOptions call = new CallOptions();

  @Option(
      names = "--token",
      paramLabel = "FILE|-",
      description = "The token's file, put where the service reads it; - for standard input.")
  private @Nullable String token;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      converter = At.class,
      description = "When the call happens, such as 2026-11-24T12:00:00Z (default: now).")
  private @Nullable Instant at;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The gat.yaml of an authz server: its policy, its pin, and whom it trusts.")
  private @Nullable Path config;

  @Option(
      names = "--policy",
      paramLabel = "PATH",
      description = "Policy files alone, without a configuration: nobody is trusted then.")
  private @Nullable Path policy;

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "With --policy: whose `values` the files take; default: ${DEFAULT-VALUE}.")
  private String environment = PolicyCompiler.DEFAULT_ENVIRONMENT;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "With --policy: the service that the call is for, whatever its host.")
  private String service = "";

  @Option(
      names = "--assume-verified",
      description = "Believe the token: its signature, key, algorithm and type are not checked.")
  private boolean assumeVerified;

  @Option(
      names = "--record",
      paramLabel = "FILE[:LINE]",
      description = "A line of a decision log: explains what was decided, as far as it tells.")
  private @Nullable String record;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = {
        "Ask a running server's admin API, such as http://127.0.0.1:9195, instead of deciding here:",
        "by its keys, revocations, policy and clock."
      })
  private @Nullable String server;

  @Option(
      names = "--operator-token",
      paramLabel = "FILE|-",
      description = {
        "With --server: a gat for the audience gat-admin with the scope gat:audit (default: the file",
        "that GAT_OPERATOR_TOKEN_FILE names, else that of the last `gat operator sign-in`)."
      })
  private @Nullable String operatorToken;

  PolicyExplainCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.operators = new OperatorTokens(environment, console, InstantSource.system());
  }

  @Override
  public Integer call() {
    String url = server;
    if (url != null) {
      return show(byServer(url));
    }
    if (operatorToken != null) {
      throw new UnusableInput("--operator-token goes with --server URL: give both or neither");
    }
    String place = record;
    if (place == null) {
      return show(explained());
    }
    refuseCallBesideRecord();
    return show(judge(Instant.now()).explain(RecordFile.read(place)));
  }

  private Explanation byServer(String url) {
    if (config != null || policy != null || at != null || assumeVerified || isPolicyChosen()) {
      throw new UnusableInput(
          "--server decides by its own policy, keys and clock: leave out --config, --policy,"
              + " --environment, --service, --at and --assume-verified");
    }
    if ("-".equals(operatorToken) && ("-".equals(token) || call.readsStandardInput())) {
      throw new UnusableInput("--operator-token - and another -: standard input can be read once");
    }
    ExplainRequest request = asked();
    return AdminClient.of(
            url, operators.find(operatorToken, AdminAddress.of(url), Optional.empty()))
        .explain(request);
  }

  private boolean isPolicyChosen() {
    return !service.isEmpty() || !environment.equals(PolicyCompiler.DEFAULT_ENVIRONMENT);
  }

  private ExplainRequest asked() {
    String place = record;
    if (place != null) {
      refuseCallBesideRecord();
      return new ExplainRequest.Recorded(RecordFile.read(place));
    }
    String compact = token();
    return new ExplainRequest.Call(call.check(console.in()), compact);
  }

  private void refuseCallBesideRecord() {
    if (call.isGiven() || token != null || at != null || assumeVerified) {
      throw new UnusableInput(
          "--record tells what was decided then: leave out the call, --token, --at and"
              + " --assume-verified");
    }
  }

  private Explanation explained() {
    Instant now = at == null ? Instant.now() : at;
    String compact = token();
    return judge(now)
        .explain(
            call.check(console.in()),
            compact,
            assumeVerified ? OfflineJudge.Belief.ASSUME : OfflineJudge.Belief.VERIFY);
  }

  /** The token; null where none is named. */
  private @Nullable String token() {
    if (token != null && call.hasCredential()) {
      throw new UnusableInput("--token and a --header with a credential: give one of them");
    }
    if ("-".equals(token) && call.readsStandardInput()) {
      throw new UnusableInput("--token - and --check-request -: standard input can be read once");
    }
    return token == null ? null : TokenInput.compact(token, console.in());
  }

  private OfflineJudge judge(Instant now) {
    Path file = config;
    Path files = policy;
    if ((file == null) == (files == null)) {
      throw new UnusableInput(
          "give --config FILE to decide as a server would, --server URL to ask one, or --policy PATH for"
              + " a policy alone");
    }
    return file != null
        ? OfflineJudge.ofConfig(ConfigFile.read(file), now)
        : OfflineJudge.ofPolicy(files, environment, service, now);
  }

  private int show(Explanation explanation) {
    switch (output.format()) {
      case TEXT -> console.out().print(ExplanationText.of(explanation));
      case JSON -> console.out().println(ExplanationJson.of(explanation));
    }
    console.out().flush();
    return switch (explanation.outcome()) {
      case ALLOW -> ExitCode.OK;
      case DENY, ERROR, UNDECIDED -> ExitCode.NO;
    };
  }

  /** Reads a time in UTC. */
  static final class At implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "'" + text + "' is not a time in UTC; write 2026-11-24T12:00:00Z");
      }
    }
  }
}
