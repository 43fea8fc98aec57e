package io.gat.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFilesTest {
  @TempDir Path folder;

  @Test
  void readsOneFileByTheNameGiven() throws IOException {
    assertEquals("a.conf=x", read(write("a.conf", "x")));
  }

  @Test
  void readsTheYamlFilesOfAFolderInTheOrderOfNames() throws IOException {
    write("b.yml", "b");
    write("a.yaml", "a");
    write("a_test.yaml", "test");
    write("a_test.yml", "test");
    write(".hidden.yaml", "hidden");
    write("notes.txt", "notes");
    write("sub/c.yaml", "c");
    Files.createDirectory(folder.resolve("folder.yaml"));
    assertEquals("a.yaml=a b.yml=b", read(folder));
  }

  @Test
  void followsTheLinksOfAConfigMap() throws IOException {
    write("..2026/a.yaml", "new");
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    assertEquals("a.yaml=new", read(folder));
  }

  @Test
  void saysWhatCannotBeRead() throws IOException {
    assertEquals(
        "none:1:1: there is no such file or folder; name an existing one",
        read(folder.resolve("none")));
    assertEquals(
        ":1:1: the folder has no policy file; put a *.yaml file into the folder", read(folder));
    Files.write(folder.resolve("a.yaml"), new byte[] {'a', (byte) 0xff});
    Files.createSymbolicLink(folder.resolve("b.yaml"), Path.of("nowhere"));
    Files.write(folder.resolve("c.yaml"), new byte[(4 << 20) + 1]);
    assertEquals(
        "a.yaml:1:1: the file is not UTF-8; save it as UTF-8"
            + " b.yaml:1:1: this is not a file, or its link leads nowhere; name a regular file"
            + " c.yaml:1:1: the file is larger than 4 MiB; split it",
        read(folder));
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private String read(Path place) {
    String answer =
        switch (PolicyFiles.read(place)) {
          case PolicyFiles.Result.Sources sources ->
              sources.sources().stream()
                  .map(s -> s.file() + "=" + s.text())
                  .collect(Collectors.joining(" "));
          case PolicyFiles.Result.Unreadable unreadable ->
              unreadable.problems().stream()
                  .map(Problem::toString)
                  .collect(Collectors.joining(" "));
        };
    return answer.replace(folder + "/", "").replace(folder.toString(), "");
  }
}
