package io.gat.policy.schema;

import io.gat.policy.compile.PolicyReaders;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import io.gat.policy.verify.TestReaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every policy and test document in the tree, good or bad, that is YAML at all. */
final class Corpus {
  private static final Path TREE = Path.of("..");
  private static final Path RESOURCES = Path.of("src/test/resources/io/gat/policy");
  private static final List<String> ELSEWHERE = List.of("target", "bad", "format", "node_modules");

  private final List<Document> documents = new ArrayList<>();
  private final Collection<String> reasons;

  private Corpus(Collection<String> reasons) {
    this.reasons = reasons;
  }

  /** Which parser a document is for. */
  enum Kind {
    POLICY,
    TESTS
  }

  /** What its author thought of it. */
  enum Intent {
    GOOD,
    BAD
  }

  /**
   * One document.
   *
   * @param title its file or heading, with a number for all but the first in it
   * @param problems what its parser says
   */
  record Document(String title, Intent intent, YamlNode node, List<Problem> problems) {
    @Override
    public String toString() {
      return title;
    }
  }

  /**
   * All of them.
   *
   * @param reasons those that a test may expect
   */
  static List<Document> read(Collection<String> reasons) throws IOException {
    Corpus corpus = new Corpus(reasons);
    corpus.files();
    corpus.badFiles(RESOURCES.resolve("bad"));
    corpus.headings(RESOURCES.resolve("compile/bad-policies.txt"), Kind.POLICY);
    corpus.headings(RESOURCES.resolve("verify/bad-tests.txt"), Kind.TESTS);
    return corpus.documents;
  }

  /** Whatever in the tree says {@code gat/v1} and is not in the corpus of bad ones. */
  private void files() throws IOException {
    try (Stream<Path> found = Files.walk(TREE)) {
      for (Path file : found.filter(Corpus::isPolicy).sorted().toList()) {
        Kind kind = file.getFileName().toString().endsWith("_test.yaml") ? Kind.TESTS : Kind.POLICY;
        add(TREE.relativize(file).toString(), Files.readString(file), kind, Intent.GOOD);
      }
    }
  }

  private static boolean isPolicy(Path file) {
    for (Path part : TREE.relativize(file)) {
      if (part.toString().startsWith(".") || ELSEWHERE.contains(part.toString())) {
        return false;
      }
    }
    try {
      return file.toString().endsWith(".yaml")
          && Files.isRegularFile(file)
          && Files.readString(file).contains("version: gat/v1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void badFiles(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      List<Path> files =
          found.filter(f -> f.toString().endsWith(".yaml") && Files.isRegularFile(f)).toList();
      for (Path file : files.stream().sorted().toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        add(folder.relativize(file).toString(), text, Kind.POLICY, Intent.BAD);
      }
    }
  }

  private void headings(Path file, Kind kind) throws IOException {
    for (String block : Files.readString(file).split("(?m)^=== ", -1)) {
      List<String> lines = block.lines().toList();
      if (!lines.isEmpty()) {
        String text =
            lines.stream()
                .skip(1)
                .filter(l -> !l.startsWith("! "))
                .map(l -> l + "\n")
                .collect(Collectors.joining());
        add(file.getFileName() + ": " + lines.getFirst(), text, kind, Intent.BAD);
      }
    }
  }

  private void add(String title, String text, Kind kind, Intent intent) {
    List<YamlNode> nodes =
        switch (YamlReader.read(title, text)) {
          case YamlReader.Result.Unreadable unreadable -> List.of();
          case YamlReader.Result.Documents read -> read.documents();
        };
    for (int i = 0; i < nodes.size(); i++) {
      YamlNode node = nodes.get(i);
      List<Problem> problems =
          switch (kind) {
            case POLICY -> PolicyReaders.problems(new Source(title, text), node);
            case TESTS -> TestReaders.problems(title, node, reasons);
          };
      documents.add(new Document(i == 0 ? title : title + " #" + (i + 1), intent, node, problems));
    }
  }
}
