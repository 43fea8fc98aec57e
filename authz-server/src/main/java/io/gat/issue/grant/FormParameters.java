package io.gat.issue.grant;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a request ({@code application/x-www-form-urlencoded}, RFC 6749, appendix B),
 * each with one meaning: named once, in UTF-8, without control characters. Those without a value
 * count as absent (section 3.2). Their values may be secrets and are not printed.
 */
public final class FormParameters {
  /** The longest form that is read, in bytes: a few tokens of 8 KiB. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Of which there may be several (RFC 8693, section 2.1; RFC 8707, section 2). */
  private static final Set<String> REPEATED = Set.of("audience", "resource");

  private static final int MAX_PARAMETERS = 64;
  private static final int MAX_NAME = 128;

  private final Map<String, List<String>> values;

  private FormParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /** What has been read. */
  public sealed interface Result {
    record Read(FormParameters parameters) implements Result {}

    /**
     * It is no such form, or could be read in two ways.
     *
     * @param description a line for whoever sent it
     */
    record Malformed(String description) implements Result {}
  }

  /** No parameter at all. */
  public static FormParameters none() {
    return new FormParameters(Map.of());
  }

  /** Reads a form. */
  public static Result read(byte[] form) {
    if (form.length > MAX_BYTES) {
      return new Result.Malformed("the form has more than " + MAX_BYTES + " bytes");
    }
    String text = new String(form, StandardCharsets.ISO_8859_1);
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    for (String pair : text.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      Optional<String> name = decode(equals < 0 ? pair : pair.substring(0, equals));
      Optional<String> value = decode(equals < 0 ? "" : pair.substring(equals + 1));
      if (name.isEmpty() || value.isEmpty()) {
        return new Result.Malformed("a parameter is not form-encoded UTF-8 (RFC 6749, appendix B)");
      }
      pairs.add(Map.entry(name.get(), value.get()));
      if (pairs.size() > MAX_PARAMETERS) {
        return new Result.Malformed("more than " + MAX_PARAMETERS + " parameters");
      }
    }
    return of(pairs);
  }

  /** The same for parameters that came in another form, within the same bounds. */
  public static Result of(List<Map.Entry<String, String>> pairs) {
    if (pairs.size() > MAX_PARAMETERS) {
      return new Result.Malformed("more than " + MAX_PARAMETERS + " parameters");
    }
    long bytes = 0;
    for (Map.Entry<String, String> pair : pairs) {
      bytes += size(pair.getKey()) + size(pair.getValue());
    }
    if (bytes > MAX_BYTES) {
      return new Result.Malformed("the parameters have more than " + MAX_BYTES + " bytes");
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Map.Entry<String, String> pair : pairs) {
      String name = pair.getKey();
      String value = pair.getValue();
      if (name.isEmpty() || name.length() > MAX_NAME || hasControls(name)) {
        return new Result.Malformed("a parameter has a name of 1 to 128 characters");
      }
      if (hasControls(value)) {
        return new Result.Malformed("a parameter has a control character");
      }
      List<String> known = values.computeIfAbsent(name, n -> new ArrayList<>(1));
      if (!known.isEmpty() && !REPEATED.contains(name)) {
        return new Result.Malformed("a parameter is there twice (RFC 6749, section 3.2)");
      }
      known.add(value);
    }
    values.values().forEach(all -> all.removeIf(String::isEmpty));
    values.values().removeIf(List::isEmpty);
    values.replaceAll((name, all) -> List.copyOf(all));
    return new Result.Read(new FormParameters(Map.copyOf(values)));
  }

  private static long size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /** The text that was encoded; empty where it is none: nothing is guessed at. */
  static Optional<String> decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '+') {
        bytes.write(' ');
      } else if (c == '%') {
        int octet = octet(encoded, i + 1);
        if (octet < 0) {
          return Optional.empty();
        }
        bytes.write(octet);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return utf8(bytes.toByteArray());
  }

  /** What two hexadecimal digits say; negative where they are none. */
  private static int octet(String text, int at) {
    if (at + 2 > text.length()) {
      return -1;
    }
    int high = hexadecimal(text.charAt(at));
    int low = hexadecimal(text.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int hexadecimal(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  /** The text that these bytes are in UTF-8; empty where they are none. */
  static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The one value of a parameter; empty where it is absent. */
  Optional<String> one(String name) {
    return Optional.ofNullable(values.get(name)).map(List::getFirst);
  }

  /** All values of a parameter, in the order in which they were sent. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** Only the names of those that gat knows could be told; none are. */
  @Override
  public String toString() {
    return "FormParameters[" + values.size() + "]";
  }
}
