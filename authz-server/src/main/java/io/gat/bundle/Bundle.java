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
 * @param name of the set, which says what it may be used for: a server takes only the one that its
 *     configuration names, so what is signed to be tried is never enforced
 * @param version in [1, ∞); a later bundle has a greater one
 * @param created when it was built
 * @param expires when it may no longer be loaded, exclusive; to the second, like {@code created}
 * @param files texts by file name, at least one
 */
public record Bundle(
    String name, long version, Instant created, Instant expires, SortedMap<String, String> files) {
  /** What a set is called where nobody says otherwise. */
  public static final String DEFAULT_NAME = "policy";

  /** What a set's name looks like, in words. */
  public static final String NAMING =
      "1 to 63 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or a digit";

  private static final Pattern SET_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  /** No folders, and nothing that a file system could read in two ways. */
  private static final Pattern FILE_NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\.ya?ml");

  public Bundle {
    if (!isName(name)) {
      throw new IllegalArgumentException("a set's name is " + NAMING);
    }
    if (version < 1) {
      throw new IllegalArgumentException("a version is 1 or greater");
    }
    if (!expires.isAfter(created)) {
      throw new IllegalArgumentException("a bundle expires after it was created");
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a bundle without files");
    }
    for (String file : files.keySet()) {
      if (!isFileName(file)) {
        throw new IllegalArgumentException("not a file name for a bundle: " + file);
      }
    }
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Whether a set may be called so. */
  public static boolean isName(String name) {
    return SET_NAME.matcher(name).matches();
  }

  /** Whether a file may be called so in a bundle. */
  static boolean isFileName(String name) {
    return FILE_NAME.matcher(name).matches();
  }

  /** The files, each named as {@code PREFIX/NAME}, in the order of their names. */
  public List<Source> sources(String prefix) {
    return files.entrySet().stream()
        .map((Map.Entry<String, String> f) -> new Source(prefix + "/" + f.getKey(), f.getValue()))
        .toList();
  }
}
