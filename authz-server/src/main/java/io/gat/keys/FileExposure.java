package io.gat.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tells who else can read or change a file, where that must be nobody.
 *
 * <p>A file is safe that belongs to this user or to root, that nobody else can read or change, and
 * whose folder nobody else can put another one into. A group may read where root says so and this
 * user is not root: that is how Kubernetes gives a secret to a process ({@code fsGroup}), and how a
 * distribution gives a TLS key to a service. A folder may be a group's to write where root says so,
 * its owner's own group's (the one of the owner's name), or anybody's who can't touch what others
 * have in it ({@code /tmp}).
 *
 * <p>What is no regular file, such as a pipe, and what lies on a file system without owners has
 * nothing to check. Access control lists are not looked at.
 */
public final class FileExposure {
  static final int GROUP_READ = 0040;
  private static final int GROUP_WRITE = 0020;
  static final int OTHERS_READ = 0004;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;
  private static final int ROOT = 0;

  /** What only the name of a file system's view can tell. */
  private static final String ATTRIBUTES = "unix:mode,uid,gid,owner,group";

  private FileExposure() {}

  /** This process's own user; absent where the system does not tell. */
  private static OptionalInt user() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid
          ? OptionalInt.of(uid)
          : OptionalInt.empty();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return OptionalInt.empty();
    }
  }

  /** Why a file is no place for a secret, with the remedy; absent where it is a good one. */
  public static Optional<String> ofSecret(Path file) {
    return judge(file, GROUP_READ | OTHERS_READ, user(), State::of);
  }

  /** Why others could decide what a file says, with the remedy; they may read it. */
  public static Optional<String> ofTrusted(Path file) {
    return judge(file, 0, user(), State::of);
  }

  /**
   * Judges a file.
   *
   * @param unread the bits of its mode that let others read what they must not
   * @param self this process's user; absent where nobody knows
   * @param look tells owner and mode of what is no link
   */
  static Optional<String> judge(Path file, int unread, OptionalInt self, Look look) {
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      Path real = file.toRealPath();
      State state = look.at(real);
      boolean rootsGift =
          state.uid == ROOT
              && (self.isEmpty() || self.getAsInt() != ROOT || isKubernetesVolume(file));
      int refused = unread & ~(rootsGift ? GROUP_READ : 0);
      if ((state.mode & (refused | OTHERS_WRITE)) != 0
          || ((state.mode & GROUP_WRITE) != 0 && !state.isOwnersGroup(unread))) {
        return Optional.of(file + exposed(file, unread));
      }
      if (self.isPresent() && state.uid != self.getAsInt() && state.uid != ROOT) {
        return Optional.of(
            file
                + ": belongs to "
                + state.owner
                + ", who can read and change it; run: chown "
                + System.getProperty("user.name")
                + " "
                + file);
      }
      return folders(file, real, look);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Reading it says what is wrong; a file system without owners has nothing to check.
      return Optional.empty();
    }
  }

  private static String exposed(Path file, int unread) {
    if (unread == 0) {
      return ": other users can change what gat trusts; run: chmod go-w " + file;
    }
    return isKubernetesVolume(file)
        ? ": a secret that other users can read or change; set defaultMode: 0400 for the volume,"
            + " or 0440 and securityContext.fsGroup where gat does not run as root"
        : ": a secret that other users can read or change; run: chmod 600 " + file;
  }

  /** The folder of the name and that of the file itself, if a link leads there. */
  private static Optional<String> folders(Path file, Path real, Look look) throws IOException {
    for (Path at : List.of(file.toAbsolutePath().normalize(), real)) {
      Path folder = at.getParent();
      if (folder != null) {
        State state = look.at(folder.toRealPath());
        boolean group =
            (state.mode & GROUP_WRITE) != 0 && state.uid != ROOT && !state.isOwnersGroup(0);
        boolean others = (state.mode & OTHERS_WRITE) != 0;
        if ((group || others) && (state.mode & STICKY) == 0) {
          return Optional.of(
              file + ": other users can put another file in its place; run: chmod go-w " + folder);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The files of a volume are links to {@code ..data}, itself a link, so that all change at once.
   */
  private static boolean isKubernetesVolume(Path file) {
    try {
      return Files.isSymbolicLink(file)
          && Files.readSymbolicLink(file).startsWith("..data")
          && Files.isSymbolicLink(file.resolveSibling("..data"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Looks at a file or folder. */
  @FunctionalInterface
  interface Look {
    State at(Path real) throws IOException;
  }

  /** What the file system says of a file or folder. */
  record State(int mode, int uid, String owner, String group) {
    static State of(Path path) throws IOException {
      Map<String, Object> all = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      return new State(
          (Integer) Objects.requireNonNull(all.get("mode")),
          (Integer) Objects.requireNonNull(all.get("uid")),
          String.valueOf(all.get("owner")),
          String.valueOf(all.get("group")));
    }

    /** The group that only its owner is in, as distributions have it; never good for a secret. */
    boolean isOwnersGroup(int unread) {
      return unread == 0 && owner.equals(group);
    }
  }
}
