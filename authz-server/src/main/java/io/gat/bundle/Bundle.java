package io.gat.bundle;

import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A policy folder as its author published it.
 *
 * @param version in [1, ∞); a later bundle has a greater one
 * @param created when it was built
 * @param expires when it may no longer be loaded, exclusive; to the second, like {@code created}
 * @param files texts by file name, at least one
 */
public record Bundle(
    long version, Instant created, Instant expires, SortedMap<String, String> files) {
  /** No folders, and nothing that a file system could read in two ways. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\.ya?ml");

  public Bundle {
    if (version < 1) {
      throw new IllegalArgumentException("a version is 1 or greater");
    }
    if (!expires.isAfter(created)) {
      throw new IllegalArgumentException("a bundle expires after it was created");
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a bundle without files");
    }
    for (String name : files.keySet()) {
      if (!isName(name)) {
        throw new IllegalArgumentException("not a file name for a bundle: " + name);
      }
    }
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Whether a file may be called so in a bundle. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The files, each named as {@code PREFIX/NAME}, in the order of their names. */
  public List<Source> sources(String prefix) {
    return files.entrySet().stream()
        .map((Map.Entry<String, String> f) -> new Source(prefix + "/" + f.getKey(), f.getValue()))
        .toList();
  }
}
