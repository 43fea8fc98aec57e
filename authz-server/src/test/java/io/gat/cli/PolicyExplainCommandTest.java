package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code gat policy explain} prints. Each golden file holds a command, in which {@code @} is
 * the folder with the policy, the configuration and the tokens, and {@code _} in a header a space;
 * then its exit code, then all that it prints. {@code -Dgat.golden=write} writes them anew.
 */
final class PolicyExplainCommandTest {
  private static final Path SOURCES = Path.of("src/test/resources/io/gat/cli/explain");

  @TempDir private Path folder = Path.of(".");

  @BeforeEach
  void writeTheWorld() throws IOException {
    for (String name : List.of("policy.yaml", "long-lived.yaml", "shadow.yaml", "records.ndjson")) {
      Files.copy(SOURCES.resolve(name), folder.resolve(name));
    }
    Files.copy(
        Path.of("src/test/resources/golden/normal.joined.json"), folder.resolve("normal.json"));
    ExplainTokens.write(folder);
    for (String candidate : List.of("", "shadow", "lost")) {
      Files.writeString(
          folder.resolve(candidate.isEmpty() ? "gat.yaml" : candidate + "-gat.yaml"),
          """
          gat:
            roles: [authz]
            authz:
              policy: policy.yaml
              CANDIDATE
              trust:
                - issuer: "https://gat.example"
                  algorithms: [HS256]
                  keys: {secret-file: key.bin}
          """
              .replace(
                  "CANDIDATE", candidate.isEmpty() ? "" : "candidate: " + candidate + ".yaml"));
    }
  }

  static Stream<Path> goldenFiles() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.filter(f -> f.toString().endsWith(".txt")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("goldenFiles")
  void printsWhatTheGoldenFileSays(Path file) throws IOException {
    String golden = Files.readString(file);
    String command = golden.lines().findFirst().orElseThrow();
    Run run = Run.gat(arguments(command));
    assertEquals("", run.err());
    String actual = command + "\nexit " + run.code() + "\n" + run.out().replace(folder + "/", "@");
    if ("write".equals(System.getProperty("gat.golden"))) {
      Files.writeString(file, actual);
      return;
    }
    assertEquals(golden, actual);
  }

  private String[] arguments(String command) {
    return Arrays.stream(command.split(" ", -1))
        .skip(2)
        .map(word -> word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word)
        .map(word -> word.startsWith("authorization:") ? word.replace('_', ' ') : word)
        .toArray(String[]::new);
  }

  /** The explanation of each command is the same thing as text and as JSON. */
  @ParameterizedTest
  @MethodSource("goldenFiles")
  void saysTheSameAsJson(Path file) throws IOException {
    String command = Files.readString(file).lines().findFirst().orElseThrow();
    Run text = Run.gat(arguments(command));
    Run json = Run.gat(arguments(command + " --output json"));
    assertEquals(text.code(), json.code());
    JsonObject object = JsonParser.parseString(json.out()).getAsJsonObject();
    String decision = object.get("decision").getAsString();
    assertTrue(
        text.out().contains("\n  " + object.get("method").getAsString())
            && text.out().lines().anyMatch(line -> line.matches("[✓✗?] " + decision + ".*")),
        text.out());
    assertEquals(23, object.getAsJsonArray("steps").size());
    assertEquals(text.code() == 0, decision.equals("allow"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --host h --path /                                   | give --config FILE
          --config @gat.yaml --policy @policy.yaml --path /   | give --config FILE
          --config @gat.yaml                                  | no call is given
          --config @gat.yaml --host h                         | no call is given
          --config @gat.yaml --path / --header authorization  | no name before a colon
          --config @gat.yaml --path / --at noon               | is not a time in UTC
          --config @gat.yaml --path / --token @absent         | there is no such file
          --config @gat.yaml --check-request @absent          | there is no such file
          --config @gat.yaml --check-request @policy.yaml     | no CheckRequest as JSON
          --config @gat.yaml --check-request @empty.json      | it has no attributes.request.http
          --config @gat.yaml --check-request @normal.json --path / | is the whole call
          --config @gat.yaml --record @absent                 | there is no such file
          --config @gat.yaml --record @records.ndjson:4       | records.ndjson:4: no decision record
          --config @gat.yaml --record @records.ndjson:9       | the file has fewer lines
          --config @gat.yaml --record @records.ndjson --path /| leave out the call
          --policy @gat.yaml --path /                         | version
          --config @policy.yaml --path /                      | policy.yaml
          --config @gat.yaml --path / --token @reader.jwt --header Authorization:x | give one of them
          """)
  void refusesWhatItCannotUse(String arguments, String expected) throws IOException {
    Files.writeString(folder.resolve("empty.json"), "{\"attributes\": {}}");
    Run run = Run.gat(arguments("$ gat policy explain " + arguments.strip().replaceAll(" +", " ")));
    assertEquals(2, run.code(), run.out());
    assertEquals("", run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void readsATokenFromStandardInput() throws IOException {
    String token = Files.readString(folder.resolve("reader.jwt"));
    Run run =
        Run.withInput(
            "Bearer " + token + "\n",
            arguments(
                "$ gat policy explain --config @gat.yaml --at 2026-11-24T12:00:00Z"
                    + " --host orders.example --path /v1/orders/acme-17 --token -"));
    assertEquals(0, run.code(), run.out() + run.err());
  }

  @Test
  void keepsEveryTokenToItself() throws IOException {
    List<String> secrets = new ArrayList<>();
    for (String name : ExplainTokens.NAMES) {
      String token = Files.readString(folder.resolve(name + ".jwt"));
      secrets.addAll(Arrays.asList(token.split("\\.", -1)));
    }
    secrets.removeIf(part -> part.length() < 20);
    for (Path file : goldenFiles().toList()) {
      String golden = Files.readString(file);
      secrets.forEach(part -> assertFalse(golden.contains(part), file.toString()));
    }
    // The forged token's claims are nobody's, unless somebody says to believe them.
    for (String name : List.of("forged", "unknown-issuer", "undecided")) {
      String golden = Files.readString(SOURCES.resolve(name + ".txt"));
      for (String claim : List.of("alice", "mallory", "tenant is", "orders:read`; the rule")) {
        assertFalse(golden.contains(claim), name);
      }
    }
  }

  @Test
  void escapesWhatCouldSteerATerminal() throws IOException {
    Run run =
        Run.gat(
            arguments(
                "$ gat policy explain --config @gat.yaml --host orders.example"
                    + " --path /v1/\u001b[2Jé\u202e"));
    assertEquals(1, run.code());
    assertTrue(run.out().contains("/v1/\\u001b[2J\\u00e9\\u202e"), run.out());
    assertTrue(
        run.out().chars().allMatch(c -> c == '\n' || (c >= 0x20 && "\u001bé\u202e".indexOf(c) < 0)),
        run.out());
  }
}
