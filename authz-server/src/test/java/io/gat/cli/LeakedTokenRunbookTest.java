package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.envoy.RepositoryRoot;
import io.gat.json.StrictJson;
import io.gat.server.GatServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runbook for a leaked token, step by step as the page has it, against a server that runs. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class LeakedTokenRunbookTest {
  @TempDir private Path folder = Path.of("");

  /** All commands of the section, in their order: lines of blocks, and those within text. */
  private static List<String> commands() throws IOException {
    String page =
        Files.readString(RepositoryRoot.find().resolve("authz-server/docs/operations.md"));
    String section = page.substring(page.indexOf("## A token leaked"));
    Matcher command =
        Pattern.compile("^ +(gat [^#\n]*)|`(gat [^`]*)`", Pattern.MULTILINE).matcher(section);
    List<String> commands = new ArrayList<>();
    while (command.find()) {
      commands.add((command.group(1) == null ? command.group(2) : command.group(1)).strip());
    }
    return commands;
  }

  /** Splits as a shell does, where only double quotes are used. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(command);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    return words;
  }

  private Run run(String command, Map<String, String> placeholders) {
    List<String> words = words(command);
    return Run.gat(
        words.stream()
            .skip(1)
            .map(word -> placeholders.getOrDefault(word, word))
            .toArray(String[]::new));
  }

  @Test
  void everyCommandDoesWhatThePageSays() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer:
                url: "https://gat.example"
                listen: "http://127.0.0.1:0"
                log: {embedded: data/}
              health: {listen: "http://127.0.0.1:0"}
              admin: {listen: "http://127.0.0.1:%d"}
            """
                .formatted(FreePort.next()));
    try (var _ =
        switch (ConfigReader.read(config)) {
          case ConfigReader.Result.Read read ->
              GatServer.start(read.config(), OutputStream.nullOutputStream());
          case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        }) {
      Run minted =
          run(
              "gat token mint --config gat.yaml --audience orders --scope orders:read --subject"
                  + " alice --client shop --ttl 5m --output json",
              Map.of("gat.yaml", config.toString()));
      Map<String, Object> token = StrictJson.object(minted.out().getBytes(StandardCharsets.UTF_8));
      Path leaked =
          Files.writeString(folder.resolve("leaked.txt"), String.valueOf(token.get("token")));
      String kid =
          Run.gat("keys", "list", "--config", config.toString())
              .out()
              .lines()
              .filter(line -> line.contains("active"))
              .findFirst()
              .orElseThrow()
              .split(" ", 2)[0];
      String id = "";
      String rotate = "";
      int ran = 0;
      for (String command : commands()) {
        if (command.startsWith("gat keys rotate")) {
          rotate = command; // the case in which it was no token that leaked
          continue;
        }
        Run done =
            run(
                command,
                Map.of(
                    "gat.yaml", config.toString(),
                    "leaked.txt", leaked.toString(),
                    "TOKEN_ID", String.valueOf(token.get("token_id")),
                    "CLIENT", "shop",
                    "ID", id));
        assertEquals(0, done.code(), command + ": " + done.err());
        switch (++ran) {
          case 1 -> assertTrue(done.out().contains(String.valueOf(token.get("token_id"))), command);
          case 2, 3 -> assertTrue(done.out().contains("token_issued"), command + done.out());
          case 4 -> assertTrue(done.out().startsWith("would hit 1 of"), command + done.out());
          case 7 -> id = done.out().replaceAll("\\S+ (\\S+) .*\\s*", "$1");
          default -> assertTrue(!done.out().isEmpty(), command);
        }
      }
      assertEquals(10, ran);
      Run revoked = run(rotate, Map.of("gat.yaml", config.toString(), "KID", kid));
      assertEquals(0, revoked.code(), rotate + ": " + revoked.err());
    }
  }
}
