package io.gat.cli;

import io.gat.config.GatConfig;
import io.gat.server.GatServer;
import io.gat.server.StartException;
import io.gat.telemetry.ConsoleLogging;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/** The program {@code gat}. */
public final class Main {
  /** Held, because the JVM forgets the level of a logger that nobody holds. */
  private static final Logger GAT = Logger.getLogger("io.gat");

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    ConsoleLogging.install();
    boolean serves = args.length > 0 && args[0].equals("serve");
    if (!serves) {
      // Only a server tells how it is doing; a command tells its result.
      GAT.setLevel(Level.WARNING);
    }
    // The terminal's own encoding may be ASCII, which has no check mark.
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Console console = new Console(out, err, System.in, isWatched());
    CommandLine program =
        serves
            ? Commands.createToServe(console, Main::start)
            : Commands.create(console, Main::start, System.getenv());
    System.exit(program.execute(args));
  }

  /** True where input and output are a terminal. JDK 25 has no console where they are not. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isWatched() {
    java.io.Console console = System.console();
    return console != null && console.isTerminal();
  }

  static ServerStarter.Running start(GatConfig config, OutputStream decisions) {
    try {
      GatServer server = GatServer.start(config, decisions);
      return new ServerStarter.Running() {
        @Override
        public void drain() {
          server.drain();
        }

        @Override
        public void close() {
          server.close();
        }
      };
    } catch (StartException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }
}
