package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who else can read or change a file; owners are told, so that any user can run this. */
final class FileExposureTest {
  private static final int UNREAD = FileExposure.GROUP_READ | FileExposure.OTHERS_READ;
  private static final int SELF = 1000;

  @TempDir private Path temp;
  private Path folder = Path.of("");
  private Path file = Path.of("");
  private final Map<Path, FileExposure.State> states = new HashMap<>();

  @BeforeEach
  void make() throws IOException {
    folder = Files.createDirectory(temp.toRealPath().resolve("keys"));
    file = Files.writeString(folder.resolve("key"), "k");
    state(folder, 0700, SELF, "gat");
    state(file, 0600, SELF, "gat");
  }

  private void state(Path path, int mode, int uid, String group) {
    states.put(path, new FileExposure.State(mode, uid, uid == 0 ? "root" : "u" + uid, group));
  }

  private Optional<String> judge(Path named, int unread, int self) {
    return FileExposure.judge(
        named,
        unread,
        OptionalInt.of(self),
        path -> {
          FileExposure.State state = states.get(path);
          if (state == null) {
            throw new AssertionError("looked at " + path);
          }
          return state;
        });
  }

  @ParameterizedTest
  @CsvSource({
    // mode, owner, group, this user
    "0600, 1000, gat, 1000",
    "0400, 1000, gat, 1000",
    "0700, 1000, gat, 1000",
    "0600, 0, root, 0",
    "0400, 0, root, 1000", // as root gave it, and nobody else reads it
    "0440, 0, fs, 1000", // Kubernetes with fsGroup, Debian's ssl-cert
    "0640, 0, ssl-cert, 1000",
  })
  void takesASecretThatNobodyElseReads(String mode, int owner, String group, int self) {
    state(file, Integer.parseInt(mode, 8), owner, group);
    assertEquals(Optional.empty(), judge(file, UNREAD, self));
  }

  @ParameterizedTest
  @CsvSource({
    "0644, 1000, gat, 1000",
    "0604, 1000, gat, 1000",
    "0602, 1000, gat, 1000",
    "0640, 1000, gat, 1000",
    "0620, 1000, gat, 1000",
    "0660, 1000, u1000, 1000", // not even one's own group
    "0640, 0, root, 0",
    "0440, 0, fs, 0",
    "0644, 0, root, 1000",
    "0460, 0, fs, 1000",
  })
  void saysHowToHideASecret(String mode, int owner, String group, int self) {
    state(file, Integer.parseInt(mode, 8), owner, group);
    assertEquals(
        Optional.of(
            file + ": a secret that other users can read or change; run: chmod 600 " + file),
        judge(file, UNREAD, self));
  }

  @Test
  void refusesWhatBelongsToSomebodyElse() {
    state(file, 0600, 1001, "u1001");
    String exposure = judge(file, UNREAD, SELF).orElseThrow();
    assertTrue(
        exposure.startsWith(file + ": belongs to u1001, who can read and change it; run: chown "));
    assertTrue(judge(file, 0, SELF).isPresent());
    assertEquals(
        Optional.empty(),
        FileExposure.judge(
            file,
            UNREAD,
            OptionalInt.empty(),
            path -> new FileExposure.State(0600, 1001, "x", "x"))); // nobody knows who we are
  }

  @ParameterizedTest
  @CsvSource({
    "0770, 1000, gat, true",
    "0777, 1000, gat, true",
    "0707, 0, root, true",
    "0777, 0, root, true",
    "0755, 1000, gat, false",
    "0775, 1000, u1000, false", // a group of one, as Debian and Fedora make it
    "2775, 0, fs, false", // a Kubernetes volume with fsGroup
    "1777, 0, root, false", // as /tmp
    "3777, 0, fs, false", // a secret's volume
  })
  void looksAtTheFolder(String mode, int owner, String group, boolean exposed) {
    state(folder, Integer.parseInt(mode, 8), owner, group);
    Optional<String> expected =
        exposed
            ? Optional.of(
                file + ": other users can put another file in its place; run: chmod go-w " + folder)
            : Optional.empty();
    assertEquals(expected, judge(file, UNREAD, SELF));
    assertEquals(expected, judge(file, 0, SELF));
  }

  @ParameterizedTest
  @CsvSource({"0644, true", "0664, false", "0646, false", "0444, true"})
  void takesATrustedFileThatOthersOnlyRead(String mode, boolean good) {
    state(file, Integer.parseInt(mode, 8), SELF, "gat");
    assertEquals(
        good
            ? Optional.empty()
            : Optional.of(
                file + ": other users can change what gat trusts; run: chmod go-w " + file),
        judge(file, 0, SELF));
  }

  @Test
  void takesATrustedFileOfOnesOwnGroup() {
    state(file, 0664, SELF, "u1000");
    assertEquals(Optional.empty(), judge(file, 0, SELF));
  }

  /** As the kubelet makes it: files are links to {@code ..data}, itself a link to a folder. */
  private Path volume() throws IOException {
    Path volume = Files.createDirectory(temp.toRealPath().resolve("volume"));
    Path stamped = Files.createDirectory(volume.resolve("..2026_11_26"));
    Files.writeString(stamped.resolve("key"), "k");
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("..2026_11_26"));
    state(volume, 01777, 0, "root");
    state(stamped, 0755, 0, "root");
    return Files.createSymbolicLink(volume.resolve("key"), Path.of("..data", "key"));
  }

  @ParameterizedTest
  @CsvSource({"0400, 0", "0440, 0", "0440, 1000", "0644, -1", "0444, -1"})
  void knowsASecretsVolume(String mode, int self) throws IOException {
    Path key = volume();
    state(key.toRealPath(), Integer.parseInt(mode, 8), 0, self == 0 ? "root" : "fs");
    Optional<String> exposure = judge(key, UNREAD, Math.max(self, 0));
    if (self >= 0) {
      assertEquals(Optional.empty(), exposure);
    } else {
      assertEquals(
          Optional.of(
              key
                  + ": a secret that other users can read or change; set defaultMode: 0400 for the"
                  + " volume, or 0440 and securityContext.fsGroup where gat does not run as root"),
          exposure);
    }
  }

  @Test
  void followsALinkToWhereTheFileIs() throws IOException {
    Path open = Files.createDirectory(temp.toRealPath().resolve("open"));
    Path link = Files.createSymbolicLink(open.resolve("link"), file);
    state(open, 0777, SELF, "gat");
    assertTrue(judge(link, UNREAD, SELF).orElseThrow().endsWith("chmod go-w " + open));
    state(open, 0755, SELF, "gat");
    assertEquals(Optional.empty(), judge(link, UNREAD, SELF));
    state(folder, 0777, SELF, "gat");
    assertTrue(judge(link, UNREAD, SELF).orElseThrow().endsWith("chmod go-w " + folder));
  }

  @Test
  void hasNothingToSayOfWhatIsNoFile() {
    assertEquals(Optional.empty(), FileExposure.ofSecret(folder));
    assertEquals(Optional.empty(), FileExposure.ofSecret(folder.resolve("absent")));
    assertEquals(Optional.empty(), FileExposure.ofSecret(Path.of("/dev/null")));
  }

  /** The real file system, as this user. */
  @ParameterizedTest
  @ValueSource(strings = {"rw----r--", "rw-rw-rw-", "rw--w----"})
  void readsTheRealMode(String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertEquals(Optional.empty(), FileExposure.ofSecret(file));
    assertEquals("k", new String(PrivateFiles.readPrivate(file, 9, ""), StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    KeySourceException e =
        assertThrows(KeySourceException.class, () -> PrivateFiles.readPrivate(file, 9, ""));
    assertTrue(String.valueOf(e.getMessage()).endsWith("chmod 600 " + file));
  }

  @Test
  void seesTheRealFolder() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(FileExposure.ofSecret(file).orElseThrow().endsWith("chmod go-w " + folder));
    Files.setAttribute(folder, "unix:mode", 01777);
    assertEquals(Optional.empty(), FileExposure.ofSecret(file));
  }

  @Test
  void replacesAFileByAPrivateOne() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    PrivateFiles.replace(file, "new".getBytes(StandardCharsets.UTF_8));
    assertEquals("new", Files.readString(file));
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    Path deep = folder.resolve("a/b/token");
    PrivateFiles.replace(deep, "x".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        PosixFilePermissions.fromString("rwx------"),
        Files.getPosixFilePermissions(folder.resolve("a/b")));
    try (var all = Files.list(deep.getParent())) {
      assertEquals(1, all.count()); // no draft is left
    }
  }
}
