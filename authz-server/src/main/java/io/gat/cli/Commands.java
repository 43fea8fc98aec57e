package io.gat.cli;

import io.gat.cli.demo.Ports;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts the commands together, and turns every outcome into an exit code and lines for a person. */
final class Commands {
  private Commands() {}

  /**
   * The whole program, ready to execute arguments.
   *
   * @param starter starts the roles, for {@code serve} and {@code demo}
   * @param environment the environment's variables
   */
  static CommandLine create(
      Console console, ServerStarter starter, Map<String, String> environment) {
    CommandLine program = new CommandLine(new Root());
    program.addSubcommand(new DemoCommand(console, starter, environment, Ports.USUAL));
    program.addSubcommand(new ServeCommand(console, starter));
    program.addSubcommand(new TrainCommand(starter));
    program.addSubcommand(
        new CommandLine(new Policies())
            .addSubcommand(new PolicyCheckCommand(console))
            .addSubcommand(new PolicyTestCommand(console))
            .addSubcommand(new PolicyExplainCommand(console, environment))
            .addSubcommand(new PolicyDiffCommand(console))
            .addSubcommand(new PolicyFmtCommand(console))
            .addSubcommand(new PolicyImportCommand(console))
            .addSubcommand(
                new CommandLine(new Bundles())
                    .addSubcommand(new BundleBuildCommand(console))
                    .addSubcommand(new BundleVerifyCommand(console))));
    program.addSubcommand(
        new CommandLine(new Tokens())
            .addSubcommand(new TokenMintCommand(console))
            .addSubcommand(new TokenRevokeCommand(console, environment))
            .addSubcommand(new TokenInspectCommand(console)));
    program.addSubcommand(
        new CommandLine(new Operators())
            .addSubcommand(new OperatorTokenCommand(console))
            .addSubcommand(new OperatorSignInCommand(console, environment)));
    program.addSubcommand(
        new CommandLine(new Keys())
            .addSubcommand(new KeysListCommand(console))
            .addSubcommand(new KeysRotateCommand(console, environment))
            .addSubcommand(
                new CommandLine(new Canaries())
                    .addSubcommand(new KeysCanaryStartCommand(console, environment))
                    .addSubcommand(new KeysCanaryWidenCommand(console, environment))
                    .addSubcommand(new KeysCanaryStopCommand(console, environment))));
    program.addSubcommand(
        new CommandLine(new Audits())
            .addSubcommand(new AuditVerifyCommand(console))
            .addSubcommand(new AuditSearchCommand(console))
            .addSubcommand(new AuditUnusedCommand(console))
            .addSubcommand(new AuditKeysCommand(console))
            .addSubcommand(new AuditExportCommand(console)));
    program.addSubcommand(
        new CommandLine(new Logs())
            .addSubcommand(new LogStatusCommand(console, environment))
            .addSubcommand(new LogAcceptCommand(console)));
    return ready(program, console);
  }

  /**
   * The program as far as {@code gat serve …} needs it. Each command costs a start a few
   * milliseconds, and a server needs one of them.
   */
  static CommandLine createToServe(Console console, ServerStarter starter) {
    return ready(
        new CommandLine(new Root()).addSubcommand(new ServeCommand(console, starter)), console);
  }

  private static CommandLine ready(CommandLine program, Console console) {
    program.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    program.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    program.setCaseInsensitiveEnumValuesAllowed(true);
    program.setUsageHelpAutoWidth(false);
    program.setParameterExceptionHandler((e, args) -> misused(e));
    program.setExecutionExceptionHandler((e, commandLine, result) -> failed(e, commandLine));
    return program;
  }

  /** A line about the mistake, suggestions where there are any, and where to read on. */
  private static int misused(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, command.getErr());
    command.getErr().println("Try `" + name + " --help`.");
    return ExitCode.UNUSABLE;
  }

  private static int failed(Exception e, CommandLine command) {
    if (e instanceof UnusableInput) {
      command.getErr().println(e.getMessage());
    } else {
      command.getErr().println("gat has a bug; please report this:");
      e.printStackTrace(command.getErr());
    }
    return ExitCode.UNUSABLE;
  }

  @Command(
      name = "gat",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      description = "Decides every call in a service mesh by a signed token and a policy file.",
      footer = {
        "",
        "`gat test [MAVEN ARGUMENT…]` of the launcher runs the whole test suite.",
        "Exit codes: 0 yes or done, 1 the answer is no, 2 unreadable or wrong input."
      })
  private static final class Root extends Group {}

  @Command(
      name = "token",
      mixinStandardHelpOptions = true,
      description = "Makes tokens and looks into them.")
  private static final class Tokens extends Group {}

  @Command(name = "policy", mixinStandardHelpOptions = true, description = "Works on policy files.")
  private static final class Policies extends Group {}

  @Command(
      name = "bundle",
      mixinStandardHelpOptions = true,
      description = "Makes and checks signed policy bundles.")
  private static final class Bundles extends Group {}

  @Command(
      name = "keys",
      mixinStandardHelpOptions = true,
      description = "Shows and rotates signing keys.")
  private static final class Keys extends Group {}

  @Command(
      name = "canary",
      mixinStandardHelpOptions = true,
      description = "Signs a part of the tokens with another key.")
  private static final class Canaries extends Group {}

  @Command(
      name = "audit",
      mixinStandardHelpOptions = true,
      description = "Reads the audit log: who did, got or was refused what, and why.")
  private static final class Audits extends Group {}

  @Command(
      name = "operator",
      mixinStandardHelpOptions = true,
      description = "Makes operators, who may use a server's admin API.")
  private static final class Operators extends Group {}

  @Command(
      name = "log",
      mixinStandardHelpOptions = true,
      description = "Looks after the issuer's log.")
  private static final class Logs extends Group {}

  /** A command that does nothing without one of its subcommands. */
  private abstract static class Group implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      throw new ParameterException(
          spec.commandLine(),
          spec.subcommands().entrySet().stream()
              .filter(sub -> !sub.getValue().getCommandSpec().usageMessage().hidden())
              .map(Map.Entry::getKey)
              .collect(Collectors.joining(", ", "a command is missing: ", "")));
    }
  }

  private static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Commands.class.getPackage().getImplementationVersion();
      return List.of("gat " + (version == null ? "(unpackaged)" : version)).toArray(String[]::new);
    }
  }
}
