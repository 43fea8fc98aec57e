package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyFmtCommandTest {
  private static final String UGLY = "service: a # the name\nversion:   'gat/v1'\n";
  private static final String FINE = "version: gat/v1\nservice: a  # the name\n";

  @TempDir private Path folder;
  private Path ugly;
  private Path fine;

  @BeforeEach
  void write() throws IOException {
    ugly = Files.writeString(folder.resolve("b_test.yaml"), UGLY);
    fine = Files.writeString(folder.resolve("a.yml"), FINE);
    Files.writeString(folder.resolve(".hidden.yaml"), UGLY);
    Files.writeString(folder.resolve("c.txt"), UGLY);
  }

  @Test
  void rewritesWhatIsNotInItsFormAndNamesIt() throws IOException {
    Run run = Run.gat("policy", "fmt", folder.toString());
    assertEquals(new Run(0, ugly + "\n", ""), run);
    assertEquals(FINE, Files.readString(ugly));
    assertEquals(FINE, Files.readString(fine));
    assertEquals(UGLY, Files.readString(folder.resolve(".hidden.yaml")));
    assertEquals(UGLY, Files.readString(folder.resolve("c.txt")));
    assertEquals(new Run(0, "", ""), Run.gat("policy", "fmt", folder.toString()));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(4, left.count(), "no draft stays");
    }
  }

  @Test
  void findsFilesInFoldersOfAFolder() throws IOException {
    Files.delete(ugly);
    Path deep = Files.createDirectories(folder.resolve("shop/orders")).resolve("orders.yaml");
    Files.writeString(deep, UGLY);
    Path hidden = Files.createDirectory(folder.resolve(".git")).resolve("a.yaml");
    Files.writeString(hidden, UGLY);
    assertEquals(1, Run.gat("policy", "fmt", "--check", folder.toString()).code());
    assertEquals(new Run(0, deep + "\n", ""), Run.gat("policy", "fmt", folder.toString()));
    assertEquals(FINE, Files.readString(deep));
    assertEquals(UGLY, Files.readString(hidden));
    Path none = Files.createDirectories(folder.resolve("none/at/all"));
    Run empty = Run.gat("policy", "fmt", none.toString());
    assertEquals(2, empty.code());
    assertTrue(empty.err().contains("has no *.yaml file"), empty.err());
  }

  @Test
  void keepsPermissionsAndLinks() throws IOException {
    Files.setPosixFilePermissions(ugly, PosixFilePermissions.fromString("rw-r-x--x"));
    Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), ugly.getFileName());
    assertEquals(new Run(0, link + "\n", ""), Run.gat("policy", "fmt", link.toString()));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(FINE, Files.readString(ugly));
    assertEquals("rw-r-x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(ugly)));
  }

  @Test
  void checkShowsTheDifferenceAndChangesNothing() throws IOException {
    Run run = Run.gat("policy", "fmt", "--check", ugly.toString(), fine.toString());
    String expected =
        """
        --- FILE
        +++ FILE (formatted)
        @@ -1,2 +1,2 @@
        -service: a # the name
        -version:   'gat/v1'
        +version: gat/v1
        +service: a  # the name
        """;
    assertEquals(new Run(1, expected.replace("FILE", ugly.toString()), ""), run);
    assertEquals(UGLY, Files.readString(ugly));
    assertEquals(new Run(0, "", ""), Run.gat("policy", "fmt", "--check", fine.toString()));
  }

  @Test
  void writesToTheOutputOnRequestAndForTheStandardInput() throws IOException {
    assertEquals(new Run(0, FINE, ""), Run.gat("policy", "fmt", "--stdout", ugly.toString()));
    assertEquals(UGLY, Files.readString(ugly));
    assertEquals(new Run(0, FINE, ""), Run.withInput(UGLY, "policy", "fmt", "-"));
    assertEquals(1, Run.withInput(UGLY, "policy", "fmt", "-", "--check").code());
  }

  @Test
  void leavesAFileAloneThatItCannotRead() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "version: gat/v1\nservice: [a\n");
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {(byte) 0xe4});
    Run run = Run.gat("policy", "fmt", folder.toString());
    assertEquals(2, run.code());
    assertEquals(ugly + "\n", run.out(), "the others are formatted");
    List<String> lines = run.err().lines().toList();
    assertEquals(2, lines.size(), run.err());
    assertTrue(lines.get(0).startsWith(bad + ":3:1: not valid YAML: "), run.err());
    assertTrue(lines.get(1).startsWith(latin + ":1:1: the file is not UTF-8"), run.err());
    assertEquals("version: gat/v1\nservice: [a\n", Files.readString(bad));
  }

  @Test
  void saysThatThereIsNothing() {
    for (String path : List.of("absent.yaml", "absent/")) {
      Run run = Run.gat("policy", "fmt", folder.resolve(path).toString());
      assertEquals(2, run.code());
      assertTrue(run.err().contains("there is no such file or folder"), run.err());
    }
    assertEquals(2, Run.gat("policy", "fmt").code());
  }

  @Test
  void answersInJson() {
    Run run = Run.gat("policy", "fmt", "--check", "--output", "json", folder.toString());
    assertEquals(1, run.code());
    assertTrue(run.out().contains("a.yml\",\n      \"changed\": false"), run.out());
    assertTrue(run.out().contains("b_test.yaml\",\n      \"changed\": true"), run.out());
    assertTrue(run.out().contains("\"problems\": [ ]"), run.out());
    assertFalse(run.out().contains("c.txt"), run.out());
  }
}
