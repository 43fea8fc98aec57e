package io.gat.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the folder that becomes a bundle. */
public final class BundleFolder {
  private BundleFolder() {}

  /**
   * The texts of a folder's {@code *.yaml} and {@code *.yml} files by name, policy tests included;
   * no subfolder, no hidden file.
   *
   * @throws BundleException where there is none, or one cannot be read or be called so
   */
  public static SortedMap<String, String> read(Path folder) throws BundleException {
    SortedMap<String, String> files = new TreeMap<>();
    for (Path file : list(folder)) {
      String name = file.getFileName().toString();
      if (!Bundle.isFileName(name)) {
        throw new BundleException(
            file + ": a bundle's file names have letters, digits, dots, _ and -; rename it");
      }
      files.put(name, text(file));
    }
    if (files.isEmpty()) {
      throw new BundleException(folder + ": the folder has no *.yaml file");
    }
    return files;
  }

  private static List<Path> list(Path folder) throws BundleException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(f -> isYaml(f.getFileName().toString()) && Files.isRegularFile(f))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new BundleException(folder + ": not a folder that can be read");
    }
  }

  private static boolean isYaml(String name) {
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  private static String text(Path file) throws BundleException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BundleException(file + ": the file is not UTF-8; save it as UTF-8");
    } catch (IOException e) {
      throw new BundleException(file + ": the file cannot be read; check its permissions");
    }
  }
}
