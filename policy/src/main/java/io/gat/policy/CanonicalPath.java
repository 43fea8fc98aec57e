package io.gat.policy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A path that every parser reads the same way, decoded and cut into segments.
 *
 * <p>Percent-encoded characters that have no meaning of their own are decoded (RFC 3986, section
 * 6.2.2.2). Everything that one server would resolve, merge, decode or strip and another would not
 * is an {@link Ambiguity}, unless the service says that its mesh has already done so.
 *
 * @param segments what stands between the slashes: {@code /} is one empty segment, {@code /a/} is
 *     {@code a} and an empty one
 */
public record CanonicalPath(List<String> segments) {
  private static final int MAX_LENGTH = 8 * 1024;

  public CanonicalPath {
    segments = List.copyOf(segments);
  }

  /** A canonical path, or why there is none. */
  public sealed interface Result {
    record Canonical(CanonicalPath path) implements Result {}

    record Unclear(Ambiguity why) implements Result {
      public Unclear {
        Objects.requireNonNull(why);
      }
    }
  }

  /** Leaves a step of the way early; never leaves this class. */
  private static final class UnclearPath extends Exception {
    private static final long serialVersionUID = 1L;
    private final Ambiguity why;

    UnclearPath(Ambiguity why) {
      super(why.description(), null, false, false);
      this.why = why;
    }
  }

  /**
   * Reads an undecoded path without query.
   *
   * @param normalization what the mesh does to paths before the service sees them
   */
  public static Result parse(String rawPath, PathNormalization normalization) {
    try {
      return new Result.Canonical(new CanonicalPath(segments(rawPath, normalization)));
    } catch (UnclearPath e) {
      return new Result.Unclear(e.why);
    }
  }

  private static List<String> segments(String raw, PathNormalization normalization)
      throws UnclearPath {
    if (raw.isEmpty()) {
      throw new UnclearPath(Ambiguity.PATH_MISSING);
    }
    if (raw.length() > MAX_LENGTH) {
      throw new UnclearPath(Ambiguity.PATH_TOO_LONG);
    }
    if (raw.charAt(0) != '/') {
      throw new UnclearPath(Ambiguity.PATH_NOT_ABSOLUTE);
    }
    String path = raw;
    if (normalization == PathNormalization.DECODE_AND_MERGE_SLASHES) {
      path = decodeSlashes(path);
    }
    if (normalization != PathNormalization.NONE) {
      path = path.replace('\\', '/');
    }
    List<String> segments = decoded(path);
    if (normalization == PathNormalization.NONE) {
      for (String segment : segments) {
        if (isDots(segment)) {
          throw new UnclearPath(Ambiguity.DOT_SEGMENT);
        }
      }
    } else {
      segments = resolved(segments);
    }
    return switch (normalization) {
      case NONE, BASE -> withoutGaps(segments);
      case MERGE_SLASHES, DECODE_AND_MERGE_SLASHES -> merged(segments);
    };
  }

  private static String decodeSlashes(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      if (path.regionMatches(true, i, "%2f", 0, 3) || path.regionMatches(true, i, "%5c", 0, 3)) {
        out.append('/');
        i += 2;
      } else {
        out.append(path.charAt(i));
      }
    }
    return out.toString();
  }

  private static List<String> decoded(String path) throws UnclearPath {
    List<String> segments = new ArrayList<>(8);
    int from = 1;
    while (true) {
      int slash = path.indexOf('/', from);
      segments.add(decode(path, from, slash < 0 ? path.length() : slash));
      if (slash < 0) {
        return segments;
      }
      from = slash + 1;
    }
  }

  private static String decode(String path, int from, int to) throws UnclearPath {
    boolean encoded = false;
    for (int i = from; i < to; i++) {
      char c = path.charAt(i);
      if (c == '%') {
        encoded = true;
      } else if (c == '\\') {
        throw new UnclearPath(Ambiguity.BACKSLASH);
      } else if (c == ';') {
        throw new UnclearPath(Ambiguity.PATH_PARAMETER);
      } else if (c == '#') {
        throw new UnclearPath(Ambiguity.FRAGMENT);
      } else if (c <= 0x20 || c >= 0x7f) {
        throw new UnclearPath(Ambiguity.BAD_CHARACTER);
      }
    }
    return encoded ? percentDecoded(path, from, to) : path.substring(from, to);
  }

  private static String percentDecoded(String path, int from, int to) throws UnclearPath {
    ByteBuffer bytes = ByteBuffer.allocate(to - from);
    for (int i = from; i < to; i++) {
      char c = path.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      if (i + 2 >= to) {
        throw new UnclearPath(Ambiguity.BAD_ENCODING);
      }
      int high = Character.digit(path.charAt(i + 1), 16);
      int low = Character.digit(path.charAt(i + 2), 16);
      if (high < 0 || low < 0) {
        throw new UnclearPath(Ambiguity.BAD_ENCODING);
      }
      int octet = high << 4 | low;
      switch (octet) {
        case '/' -> throw new UnclearPath(Ambiguity.ENCODED_SLASH);
        case '\\' -> throw new UnclearPath(Ambiguity.BACKSLASH);
        case ';' -> throw new UnclearPath(Ambiguity.PATH_PARAMETER);
        default -> bytes.put((byte) octet);
      }
      i += 2;
    }
    return checked(bytes.flip());
  }

  private static String checked(ByteBuffer utf8) throws UnclearPath {
    String text;
    try {
      // A new decoder reports what is malformed; overlong forms and surrogates are.
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new UnclearPath(Ambiguity.BAD_UTF8);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        throw new UnclearPath(Ambiguity.BAD_CHARACTER);
      }
      if (c == '%'
          && i + 2 < text.length()
          && Character.digit(text.charAt(i + 1), 16) >= 0
          && Character.digit(text.charAt(i + 2), 16) >= 0) {
        throw new UnclearPath(Ambiguity.DOUBLE_ENCODING);
      }
    }
    return text;
  }

  private static boolean isDots(String segment) {
    return segment.equals(".") || segment.equals("..");
  }

  /** RFC 3986, section 5.2.4; what would climb above the root stays unclear. */
  private static List<String> resolved(List<String> segments) throws UnclearPath {
    List<String> out = new ArrayList<>(segments.size());
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      boolean last = i == segments.size() - 1;
      if (segment.equals("..")) {
        if (out.isEmpty()) {
          throw new UnclearPath(Ambiguity.DOT_SEGMENT);
        }
        out.removeLast();
      } else if (!segment.equals(".")) {
        out.add(segment);
        continue;
      }
      if (last) {
        out.add("");
      }
    }
    return out;
  }

  private static List<String> withoutGaps(List<String> segments) throws UnclearPath {
    for (int i = 0; i < segments.size() - 1; i++) {
      if (segments.get(i).isEmpty()) {
        throw new UnclearPath(Ambiguity.EMPTY_SEGMENT);
      }
    }
    return segments;
  }

  private static List<String> merged(List<String> segments) {
    List<String> out = new ArrayList<>(segments.size());
    for (int i = 0; i < segments.size(); i++) {
      if (!segments.get(i).isEmpty() || i == segments.size() - 1) {
        out.add(segments.get(i));
      }
    }
    return out;
  }
}
