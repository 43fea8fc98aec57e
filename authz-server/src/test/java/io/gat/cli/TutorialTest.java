package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what {@code policy/docs/tutorial.md} tells to do, from an empty folder, and compares what
 * each command prints. {@code -Dgat.golden=write} writes the page with the outputs that there were.
 */
final class TutorialTest {
  private static final Path PAGE = Path.of("..", "policy", "docs", "tutorial.md");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  @TempDir private Path folder = Path.of("");
  private int code;

  @Test
  void everyCommandPrintsWhatThePageShows() throws IOException {
    Tutorial tutorial = Tutorial.read(Files.readString(PAGE));
    List<Tutorial.Step> done = new ArrayList<>();
    for (Tutorial.Step step : tutorial.steps()) {
      done.add(done(step));
    }
    String page = new Tutorial(done).text();
    if ("write".equals(System.getProperty("gat.golden"))) {
      Files.writeString(PAGE, page);
    }
    assertEquals(Files.readString(PAGE), page);
  }

  @Test
  void showsTheCommandsOfAPolicysLife() throws IOException {
    Set<String> shown = new TreeSet<>();
    for (Tutorial.Step step : Tutorial.read(Files.readString(PAGE)).steps()) {
      if (step instanceof Tutorial.Step.Console console) {
        console.calls().stream()
            .map(call -> words(call.command()))
            .filter(words -> words.getFirst().equals("./gat"))
            .forEach(words -> shown.add(words.get(2)));
      }
    }
    assertTrue(
        shown.containsAll(Set.of("check", "test", "explain", "fmt", "diff")), shown.toString());
  }

  @Test
  void changesOnlyWhatIsThereOnce() {
    assertEquals("a\nc\n", Tutorial.changed("a\nb\n", List.of(" a", "-b", "+c")));
    assertThrows(
        IllegalArgumentException.class, () -> Tutorial.changed("a\na\n", List.of("-a", "+b")));
    assertThrows(IllegalArgumentException.class, () -> Tutorial.changed("a\n", List.of("-b")));
  }

  /** The step as it turned out. */
  private Tutorial.Step done(Tutorial.Step step) throws IOException {
    return switch (step) {
      case Tutorial.Step.Prose prose -> prose;
      case Tutorial.Step.Write write -> {
        Files.write(folder.resolve(write.file()), write.lines());
        yield write;
      }
      case Tutorial.Step.Change change -> {
        Path file = folder.resolve(change.file());
        Files.writeString(file, Tutorial.changed(Files.readString(file), change.lines()));
        yield change;
      }
      case Tutorial.Step.Console console -> {
        List<Tutorial.Call> calls = new ArrayList<>();
        for (Tutorial.Call call : console.calls()) {
          calls.add(new Tutorial.Call(call.command(), run(call.command())));
        }
        yield new Tutorial.Step.Console(calls);
      }
    };
  }

  /** What a command prints. Beside gat, it knows what a shell would do with these few. */
  private List<String> run(String command) throws IOException {
    List<String> words = words(command);
    switch (words.getFirst()) {
      case "mkdir" -> Files.createDirectory(folder.resolve(words.get(1)));
      case "cp" -> copy(folder.resolve(words.get(2)), folder.resolve(words.get(3)));
      case "echo" -> {
        assertEquals("echo $?", command);
        return List.of(String.valueOf(code));
      }
      case "./gat" -> {
        Run run = Run.gat(words.stream().skip(1).map(this::inFolder).toArray(String[]::new));
        code = run.code();
        return (run.out() + run.err()).replace(folder + "/", "").lines().toList();
      }
      default -> throw new IllegalArgumentException("nobody runs " + command);
    }
    return List.of();
  }

  /** {@code cp -r}, of a folder without folders. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  /** The page's commands run in the folder; the test itself cannot go there. */
  private String inFolder(String argument) {
    Path file = folder.resolve(argument);
    return Files.exists(file) ? file.toString() : argument;
  }

  private static List<String> words(String command) {
    return WORD.matcher(command)
        .results()
        .map(word -> word.group().replaceAll("^['\"]|['\"]$", ""))
        .toList();
  }
}
