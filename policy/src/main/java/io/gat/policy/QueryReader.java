package io.gat.policy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a query as HTML forms write it: pairs between {@code &}, {@code +} for a space. */
public final class QueryReader {
  private QueryReader() {}

  /**
   * The values of each name, in the order of the text.
   *
   * @throws IllegalArgumentException where a percent encoding is incomplete
   */
  public static Map<String, List<String>> read(String rawQuery) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : rawQuery.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        values.computeIfAbsent(decoded(name), n -> new ArrayList<>()).add(decoded(value));
      }
    }
    return values;
  }

  /**
   * The names with a decoded form among these, as they are written: each once, in the order of the
   * text. One whose encoding is broken is as it is written.
   */
  public static List<String> written(String rawQuery, Set<String> decodedNames) {
    Set<String> names = new LinkedHashSet<>();
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (decodedNames.contains(decodedOrRaw(name))) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  private static String decodedOrRaw(String name) {
    try {
      return decoded(name);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
