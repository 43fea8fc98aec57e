package io.gat.extauthz;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request's headers by their names in lower case; pseudo-headers stand apart.
 *
 * <p>Envoy sends them in one of two ways. In {@code headers} it has joined repeated ones with
 * commas and turned bytes that are not UTF-8 into {@code !}. In {@code header_map} ({@code
 * encode_raw_headers: true}) each stands as it came; a byte outside ASCII becomes the character of
 * the same number (ISO 8859-1), so nothing is lost and nothing fails.
 */
final class HeaderTable {
  /** Envoy's own default limit is 100. */
  static final int MOST_HEADERS = 256;

  /** Names and values together, in characters. Envoy's own default limit is 60 KiB. */
  static final int MOST_CHARACTERS = 256 * 1024;

  private static final List<String> NONE = List.of();

  private final Map<String, List<String>> ordinary;
  private final Map<String, List<String>> pseudo = new HashMap<>(8);
  private int count;
  private int characters;

  private HeaderTable(int size) {
    this.ordinary = HashMap.newHashMap(Math.min(size, MOST_HEADERS));
  }

  /** Reads both places; what is beyond the limits is left out and makes {@link #isTooLarge}. */
  static HeaderTable of(AttributeContext.HttpRequest http) {
    Map<String, String> joined = http.getHeadersMap();
    List<HeaderValue> raw = http.getHeaderMap().getHeadersList();
    HeaderTable table = new HeaderTable(joined.size() + raw.size());
    for (Map.Entry<String, String> header : joined.entrySet()) {
      if (!table.add(header.getKey(), header.getValue())) {
        return table;
      }
    }
    for (int i = 0; i < raw.size(); i++) {
      HeaderValue header = raw.get(i);
      if (!table.add(header.getKey(), value(header))) {
        return table;
      }
    }
    return table;
  }

  private static String value(HeaderValue header) {
    ByteString bytes = header.getRawValue();
    return bytes.isEmpty() ? header.getValue() : bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private boolean add(String name, String value) {
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

  boolean isTooLarge() {
    return count > MOST_HEADERS || characters > MOST_CHARACTERS;
  }

  /** True where a pseudo-header came more than once. */
  boolean hasRepeatedPseudoHeader() {
    for (List<String> values : pseudo.values()) {
      if (values.size() > 1) {
        return true;
      }
    }
    return false;
  }

  /** The ordinary headers; the caller owns the map. */
  Map<String, List<String>> ordinary() {
    return ordinary;
  }

  /** The values of an ordinary header, empty where it is absent. */
  List<String> ordinary(String name) {
    return ordinary.getOrDefault(name, NONE);
  }

  /** The first value of a pseudo-header, empty where it is absent. */
  String pseudo(String name) {
    List<String> values = pseudo.get(name);
    return values == null ? "" : values.getFirst();
  }
}
