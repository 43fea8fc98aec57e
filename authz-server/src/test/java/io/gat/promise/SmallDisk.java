package io.gat.promise;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own that can be filled: a tmpfs in a mount namespace that a small process
 * holds, so that nothing is left mounted, however this test ends. It needs the right to make such a
 * namespace: root has it, and on most systems everybody by a user namespace.
 */
final class SmallDisk implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  private final Process holder;
  private final List<String> enter;
  private final Path folder;

  private SmallDisk(Process holder, List<String> enter, Path folder) {
    this.holder = holder;
    this.enter = enter;
    this.folder = folder;
  }

  /** Mounts one on a folder; empty where this user may not, after it has said so. */
  static Optional<SmallDisk> mount(Path folder, int megabytes) throws IOException {
    for (List<String> user : List.of(List.<String>of(), List.of("-U", "-r"))) {
      List<String> command = new ArrayList<>(List.of("unshare", "-m"));
      command.addAll(user);
      command.addAll(
          List.of(
              "--propagation",
              "private",
              "sh",
              "-c",
              "mount -t tmpfs -o mode=0700,size="
                  + megabytes
                  + "m tmpfs \"$1\" && echo mounted &&"
                  + " exec cat",
              "sh",
              folder.toString()));
      Process holder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
      if ("mounted".equals(lines.readLine())) {
        List<String> enter =
            new ArrayList<>(List.of("nsenter", "-t", Long.toString(holder.pid()), "-m"));
        if (!user.isEmpty()) {
          enter.addAll(List.of("-U", "--preserve-credentials"));
        }
        enter.add("--");
        return Optional.of(new SmallDisk(holder, List.copyOf(enter), folder));
      }
      holder.destroyForcibly();
    }
    System.out.println(
        "NOT TESTED: a full disk, because this user may not mount a tmpfs, not even in a user"
            + " namespace; run it as root, or allow user namespaces");
    return Optional.empty();
  }

  /** The command that runs another one where the disk is mounted. */
  List<String> enter() {
    return enter;
  }

  /** How this process reaches what is on the disk. */
  Path seenFromHere() {
    return Path.of("/proc/" + holder.pid() + "/root" + folder.toAbsolutePath());
  }

  /** Takes all space that there is now. */
  void fill() {
    byte[] chunk = new byte[CHUNK];
    for (int size = CHUNK; size >= 512; size /= 2) {
      try (OutputStream out =
          Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          out.write(chunk, 0, size);
        }
      } catch (IOException e) {
        // Full, for pieces of this size.
      }
    }
  }

  /** Gives it back. */
  void free() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path filler() {
    return seenFromHere().resolve("filler");
  }

  /** After all processes in it have ended, nothing of it is left. */
  @Override
  public void close() {
    holder.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
