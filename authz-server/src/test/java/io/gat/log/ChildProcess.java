package io.gat.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM that runs a class of the tests; killed at the latest when this is closed. */
public final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;

  private ChildProcess(Process process) {
    this.process = process;
    this.lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /** Starts a class's main method with arguments; its errors go to this process's. */
  public static ChildProcess start(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), main, arguments);
  }

  /** The same, where no file may grow beyond so many blocks of 512 or 1,024 bytes. */
  static ChildProcess startLimited(int blocks, Class<?> main, String... arguments)
      throws IOException {
    return start(
        List.of("sh", "-c", "ulimit -f " + blocks + " && exec \"$@\"", "sh"), main, arguments);
  }

  private static ChildProcess start(List<String> before, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new ChildProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  public long pid() {
    return process.pid();
  }

  /** The next line that it printed. */
  public String readLine() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new AssertionError("the child ended; see its errors");
    }
    return line;
  }

  /** All lines until its end. */
  public List<String> readLines() throws IOException {
    List<String> all = new ArrayList<>();
    String line;
    while ((line = lines.readLine()) != null) {
      all.add(line);
    }
    return all;
  }

  /** Sends SIGKILL. What it printed can still be read, unlike after {@link Process#destroy}. */
  public void signal() {
    assertTrue(process.toHandle().destroyForcibly());
  }

  /** Sends SIGKILL and waits for the end. */
  public void kill() {
    signal();
    process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
