package io.gat.call;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request's headers by their names in lower case; pseudo-headers stand apart. A byte outside
 * ASCII is the character of the same number (ISO 8859-1), so nothing is lost and nothing fails.
 */
public final class HeaderTable {
  /** Envoy's own default limit is 100. */
  public static final int MOST_HEADERS = 256;

  /** Names and values together, in characters. Envoy's own default limit is 60 KiB. */
  public static final int MOST_CHARACTERS = 256 * 1024;

  private static final List<String> NONE = List.of();

  private final Map<String, List<String>> ordinary;
  private final Map<String, List<String>> pseudo = new HashMap<>(8);
  private int count;
  private int characters;

  /**
   * An empty table.
   *
   * @param size how many headers there will be, about
   */
  public HeaderTable(int size) {
    this.ordinary = HashMap.newHashMap(Math.min(size, MOST_HEADERS));
  }

  /**
   * Adds a header as it came.
   *
   * @param name in any case; one that starts with a colon is a pseudo-header
   * @return false where the limits are passed: it is left out, and so may be the rest
   */
  public boolean add(String name, String value) {
    count++;
    characters += Math.min(MOST_CHARACTERS, name.length() + value.length());
    if (isTooLarge()) {
      return false;
    }
    String lower = lowerCase(name);
    Map<String, List<String>> place = lower.startsWith(":") ? pseudo : ordinary;
    List<String> earlier = place.putIfAbsent(lower, List.of(value));
    if (earlier != null) {
      place.put(lower, appended(earlier, value));
    }
    return true;
  }

  /** Repeated headers are rare, so each repetition may cost a list; once it is one, it grows. */
  private static List<String> appended(List<String> earlier, String value) {
    List<String> values = earlier instanceof ArrayList<String> growing ? growing : copy(earlier);
    values.add(value);
    return values;
  }

  private static List<String> copy(List<String> values) {
    List<String> copy = new ArrayList<>(4);
    copy.addAll(values);
    return copy;
  }

  /** Envoy's names are in lower case already. */
  private static String lowerCase(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if ((c >= 'A' && c <= 'Z') || c > 0x7e) {
        return name.toLowerCase(Locale.ROOT);
      }
    }
    return name;
  }

  /** True where the limits were passed. */
  public boolean isTooLarge() {
    return count > MOST_HEADERS || characters > MOST_CHARACTERS;
  }

  /** True where a pseudo-header came more than once. */
  public boolean hasRepeatedPseudoHeader() {
    for (List<String> values : pseudo.values()) {
      if (values.size() > 1) {
        return true;
      }
    }
    return false;
  }

  /** The ordinary headers; the caller owns the map. */
  public Map<String, List<String>> ordinary() {
    return ordinary;
  }

  /** The values of an ordinary header, empty where it is absent. */
  public List<String> ordinary(String name) {
    return ordinary.getOrDefault(name, NONE);
  }

  /** Takes an ordinary header out: its values, empty where it is absent. */
  List<String> take(String name) {
    List<String> values = ordinary.remove(name);
    return values == null ? NONE : values;
  }

  /** Puts one value in the place of an ordinary header's; an empty one takes the header out. */
  void replace(String name, String value) {
    if (value.isEmpty()) {
      ordinary.remove(name);
    } else {
      ordinary.put(name, List.of(value));
    }
  }

  /** The first value of a pseudo-header, empty where it is absent. */
  public String pseudo(String name) {
    List<String> values = pseudo.get(name);
    return values == null ? "" : values.getFirst();
  }
}
