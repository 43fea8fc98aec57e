package io.gat.policy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * A request's path in the one form that everybody on its way reads alike, or why there is none.
 *
 * <p>The path is decoded exactly once. Whatever a second decoder, another normalizer or another
 * server could read differently is {@link Ambiguous}; a service opts in to its mesh's normalization
 * by {@link PathNormalization}, and what the option does not name stays ambiguous.
 */
public sealed interface CanonicalPath {

  /** The longest path that is read, in characters as sent. */
  int MAX_LENGTH = 8192;

  /**
   * A clear path.
   *
   * @param segments the decoded texts between the slashes after the leading one: {@code /} is one
   *     empty segment, {@code /a/} is {@code a} and an empty one; only the last may be empty, none
   *     is a dot segment or has a slash
   */
  record Canonical(List<String> segments) implements CanonicalPath {
    public Canonical {
      segments = List.copyOf(segments);
      if (segments.isEmpty()) {
        throw new IllegalArgumentException("a path has at least one segment");
      }
    }

    /** The path as text that {@link #parse} reads back to the same segments. */
    public String print() {
      StringBuilder out = new StringBuilder();
      for (String segment : segments) {
        out.append('/');
        for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
          if (isUnreserved(b & 0xff)) {
            out.append((char) b);
          } else {
            out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
          }
        }
      }
      return out.toString();
    }

    private static boolean isUnreserved(int c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '-'
          || c == '.'
          || c == '_'
          || c == '~';
    }
  }

  /** A path that two parsers could read differently. */
  record Ambiguous(Ambiguity why) implements CanonicalPath {
    public Ambiguous {
      Objects.requireNonNull(why);
    }
  }

  /**
   * Reads an undecoded path, without its query.
   *
   * @param normalization what the service's mesh does to paths
   */
  static CanonicalPath parse(String rawPath, PathNormalization normalization) {
    if (rawPath.isEmpty()) {
      return new Ambiguous(Ambiguity.PATH_MISSING);
    }
    if (rawPath.length() > MAX_LENGTH) {
      return new Ambiguous(Ambiguity.PATH_TOO_LONG);
    }
    if (rawPath.charAt(0) != '/') {
      return new Ambiguous(Ambiguity.PATH_NOT_ABSOLUTE);
    }
    return new PathReader(rawPath, normalization).read();
  }
}

/** The single pass over one path; not shared. */
final class PathReader {
  private final String raw;
  private final boolean resolves;
  private final boolean merges;
  private final boolean decodesSlashes;

  PathReader(String raw, PathNormalization normalization) {
    this.raw = raw;
    this.resolves = normalization != PathNormalization.NONE;
    this.merges =
        normalization == PathNormalization.MERGE_SLASHES
            || normalization == PathNormalization.DECODE_AND_MERGE_SLASHES;
    this.decodesSlashes = normalization == PathNormalization.DECODE_AND_MERGE_SLASHES;
  }

  CanonicalPath read() {
    // Bytes, because encoded octets form characters only together.
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    boolean encoded = false;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '?') {
        return refuse(Ambiguity.BAD_CHARACTER);
      }
      int octet = c;
      if (c == '%') {
        encoded = true;
        if (!isEncodingAt(raw, i)) {
          return refuse(Ambiguity.BAD_ENCODING);
        }
        octet = HexFormat.fromHexDigits(raw, i + 1, i + 3);
        i += 2;
        if (octet < ' ' || octet == 0x7f) {
          return refuse(Ambiguity.BAD_CHARACTER);
        }
        if (octet == '/' && !decodesSlashes) {
          return refuse(Ambiguity.ENCODED_SLASH);
        }
        if (octet == '\\' && !decodesSlashes) {
          return refuse(Ambiguity.BACKSLASH);
        }
      } else if (c == '#') {
        return refuse(Ambiguity.FRAGMENT);
      }
      if (octet == ';') {
        return refuse(Ambiguity.PATH_PARAMETER);
      }
      if (octet == '\\') {
        if (!resolves) {
          return refuse(Ambiguity.BACKSLASH);
        }
        octet = '/';
      }
      bytes[length++] = (byte) octet;
    }
    String decoded;
    try {
      decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException e) {
      return refuse(Ambiguity.BAD_UTF8);
    }
    if (encoded) {
      for (int i = 0; i < decoded.length(); i++) {
        char c = decoded.charAt(i);
        if (c >= 0x80 && c <= 0x9f) {
          return refuse(Ambiguity.BAD_CHARACTER);
        }
        if (c == '%' && isEncodingAt(decoded, i)) {
          return refuse(Ambiguity.DOUBLE_ENCODING);
        }
      }
    }
    return segments(decoded);
  }

  private CanonicalPath segments(String decoded) {
    List<String> segments = new ArrayList<>();
    int start = 1;
    while (start <= decoded.length()) {
      int slash = decoded.indexOf('/', start);
      boolean last = slash < 0;
      String segment = decoded.substring(start, last ? decoded.length() : slash);
      start = last ? decoded.length() + 1 : slash + 1;
      if (segment.isEmpty() && !last && !merges) {
        return refuse(Ambiguity.EMPTY_SEGMENT);
      }
      if (!segment.equals(".") && !segment.equals("..")) {
        segments.add(segment);
        continue;
      }
      if (!resolves) {
        return refuse(Ambiguity.DOT_SEGMENT);
      }
      if (segment.equals("..")) {
        if (segments.isEmpty()) {
          return refuse(Ambiguity.DOT_SEGMENT);
        }
        segments.removeLast();
      }
      if (last) {
        segments.add("");
      }
    }
    if (merges) {
      // After the dot segments, as Envoy does: "/a//../b" is "/a/b".
      String end = segments.getLast();
      segments.removeIf(String::isEmpty);
      if (end.isEmpty()) {
        segments.add("");
      }
    }
    return new CanonicalPath.Canonical(segments);
  }

  private static boolean isEncodingAt(String text, int at) {
    return at + 2 < text.length()
        && HexFormat.isHexDigit(text.charAt(at + 1))
        && HexFormat.isHexDigit(text.charAt(at + 2));
  }

  private static CanonicalPath refuse(Ambiguity why) {
    return new CanonicalPath.Ambiguous(why);
  }
}
