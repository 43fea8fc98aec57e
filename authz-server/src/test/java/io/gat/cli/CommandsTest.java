package io.gat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class CommandsTest {
  /** Every command and group, as it is typed. */
  static List<String> everyCommand() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    Console console = new Console(nowhere, nowhere, InputStream.nullInputStream());
    List<String> names = new ArrayList<>();
    collect(Commands.create(console, (config, decisions) -> () -> {}, Map.of()), "", names);
    return names;
  }

  private static void collect(CommandLine command, String name, List<String> names) {
    names.add(name.strip());
    command.getSubcommands().entrySet().stream()
        .filter(sub -> !sub.getValue().getCommandSpec().usageMessage().hidden())
        .forEach(sub -> collect(sub.getValue(), name + " " + sub.getKey(), names));
  }

  static Stream<String> everyLeaf() {
    List<String> all = everyCommand();
    return all.stream()
        .filter(
            one ->
                all.stream()
                    .noneMatch(
                        other ->
                            other.startsWith((one + " ").stripLeading()) && !other.equals(one)))
        .filter(one -> !one.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyCommandExplainsItself(String name) {
    Run run = Run.gat((name + " --help").strip().split(" "));
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("Usage: gat" + (name.isEmpty() ? "" : " " + name)), run.out());
    assertEquals("", run.err());
  }

  @ParameterizedTest
  @MethodSource("everyLeaf")
  void everyCommandHasAnOutputFormat(String name) {
    assertTrue(Run.gat((name + " --help").split(" ")).out().contains("--output=text|json"));
    Run run = Run.gat((name + " --output xml").split(" "));
    assertEquals(2, run.code());
    assertTrue(run.err().contains("--output"), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''               | a command is missing: demo, serve, policy, token, client, approve, operator, keys, audit, log
          token            | a command is missing: mint, request, exchange, revoke, inspect
          tokens           | Did you mean
          token inspekt    | Did you mean
          token inspect --outptu json x | --output
          """)
  void saysInTwoOrThreeLinesHowItIsUsed(String arguments, String expected) {
    Run run = arguments.isEmpty() ? Run.gat() : Run.gat(arguments.split(" "));
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertTrue(run.err().contains("Try `gat"), run.err());
    assertTrue(run.err().lines().count() <= 3, run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void saysItsVersion() {
    Run run = Run.gat("--version");
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("gat "), run.out());
  }
}
