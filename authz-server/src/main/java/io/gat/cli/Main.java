package io.gat.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program {@code gat}. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code =
        Commands.create(new Console(out, err, System.in), c -> () -> {}, System.getenv())
            .execute(args);
    out.flush();
    err.flush();
    System.exit(code);
  }
}
