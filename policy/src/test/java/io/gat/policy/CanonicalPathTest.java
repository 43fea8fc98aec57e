package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CanonicalPathTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "/ ==> []",
        "/a ==> [a]",
        "/a/ ==> [a, ]",
        "/a/b ==> [a, b]",
        "/%61%62 ==> [ab]",
        "/a%20b ==> [a b]",
        "/a%23b ==> [a#b]",
        "/a%3fb ==> [a?b]",
        "/a%3Fb ==> [a?b]",
        "/100%25 ==> [100%]",
        "/100%25zz ==> [100%zz]",
        "/%c3%a9 ==> [é]",
        "/%F0%9F%98%80 ==> [\uD83D\uDE00]",
        "/... ==> [...]",
        "/.a ==> [.a]",
        "/a..b ==> [a..b]",
        "/a:b@c=d,e!$&'()*+~ ==> [a:b@c=d,e!$&'()*+~]",
        "/A ==> [A]",
      })
  void decodesClearPathsOnce(String raw, String segments) {
    assertEquals(segments, clear(raw, PathNormalization.NONE).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "'' ==> PATH_MISSING",
        "* ==> PATH_NOT_ABSOLUTE",
        "a/b ==> PATH_NOT_ABSOLUTE",
        "http://h/a ==> PATH_NOT_ABSOLUTE",
        "/a/./b ==> DOT_SEGMENT",
        "/a/../b ==> DOT_SEGMENT",
        "/. ==> DOT_SEGMENT",
        "/.. ==> DOT_SEGMENT",
        "/a/.. ==> DOT_SEGMENT",
        "/%2e/a ==> DOT_SEGMENT",
        "/%2E%2e/a ==> DOT_SEGMENT",
        "/.%2e/a ==> DOT_SEGMENT",
        "/%2E./a ==> DOT_SEGMENT",
        "// ==> EMPTY_SEGMENT",
        "//a ==> EMPTY_SEGMENT",
        "/a//b ==> EMPTY_SEGMENT",
        "/a// ==> EMPTY_SEGMENT",
        "/a%2fb ==> ENCODED_SLASH",
        "/a%2Fb ==> ENCODED_SLASH",
        "/a%5cb ==> BACKSLASH",
        "/a%5Cb ==> BACKSLASH",
        "/a\\b ==> BACKSLASH",
        "/a%252fb ==> DOUBLE_ENCODING",
        "/a%2541 ==> DOUBLE_ENCODING",
        "/a%25%34%31 ==> DOUBLE_ENCODING",
        "/a%%34%31 ==> BAD_ENCODING",
        "/a% ==> BAD_ENCODING",
        "/a%2 ==> BAD_ENCODING",
        "/a%2g ==> BAD_ENCODING",
        "/a%u0041 ==> BAD_ENCODING",
        "/a;b=c ==> PATH_PARAMETER",
        "/a%3bb ==> PATH_PARAMETER",
        "/a%3Bb ==> PATH_PARAMETER",
        "/a#b ==> FRAGMENT",
        "/a%00 ==> BAD_CHARACTER",
        "/a%0a ==> BAD_CHARACTER",
        "/a%1F ==> BAD_CHARACTER",
        "/a%7f ==> BAD_CHARACTER",
        "/a%c2%80 ==> BAD_CHARACTER",
        "/a%c2%9f ==> BAD_CHARACTER",
        "/a\u0000b ==> BAD_CHARACTER",
        "/a\tb ==> BAD_CHARACTER",
        "/a b ==> BAD_CHARACTER",
        "/a\u007fb ==> BAD_CHARACTER",
        "/é ==> BAD_CHARACTER",
        "/a\ud800b ==> BAD_CHARACTER",
        "/a?b ==> BAD_CHARACTER",
        "/%c0%af ==> BAD_UTF8",
        "/%c0%ae%c0%ae ==> BAD_UTF8",
        "/%e0%80%af ==> BAD_UTF8",
        "/%ed%a0%80 ==> BAD_UTF8",
        "/%ff ==> BAD_UTF8",
        "/%c3 ==> BAD_UTF8",
        "/%c3a ==> BAD_UTF8",
      })
  void refusesWhatTwoParsersCouldReadDifferently(String raw, Ambiguity why) {
    assertEquals(
        new CanonicalPath.Ambiguous(why), CanonicalPath.parse(raw, PathNormalization.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "BASE ==> /a/./b ==> [a, b]",
        "BASE ==> /a/../b ==> [b]",
        "BASE ==> /a/b/.. ==> [a, ]",
        "BASE ==> /a/. ==> [a, ]",
        "BASE ==> /a/.. ==> []",
        "BASE ==> /a/%2e%2E/b ==> [b]",
        "BASE ==> /a\\b ==> [a, b]",
        "BASE ==> /a/b\\..\\c ==> [a, c]",
        "BASE ==> /.. ==> DOT_SEGMENT",
        "BASE ==> /a/../../b ==> DOT_SEGMENT",
        "BASE ==> /a//b ==> EMPTY_SEGMENT",
        "BASE ==> /a//../b ==> EMPTY_SEGMENT",
        "BASE ==> /a%2fb ==> ENCODED_SLASH",
        "BASE ==> /a%5cb ==> BACKSLASH",
        "BASE ==> /a;b ==> PATH_PARAMETER",
        "BASE ==> /a%252e ==> DOUBLE_ENCODING",
        "MERGE_SLASHES ==> //a///b// ==> [a, b, ]",
        "MERGE_SLASHES ==> // ==> []",
        "MERGE_SLASHES ==> /a//../b ==> [a, b]",
        "MERGE_SLASHES ==> /a\\\\b ==> [a, b]",
        "MERGE_SLASHES ==> /a%2fb ==> ENCODED_SLASH",
        "MERGE_SLASHES ==> /../a ==> DOT_SEGMENT",
        "DECODE_AND_MERGE_SLASHES ==> /a%2fb ==> [a, b]",
        "DECODE_AND_MERGE_SLASHES ==> /a%2F%2fb%5Cc ==> [a, b, c]",
        "DECODE_AND_MERGE_SLASHES ==> /a%2f..%2fb ==> [b]",
        "DECODE_AND_MERGE_SLASHES ==> /a%252fb ==> DOUBLE_ENCODING",
        "DECODE_AND_MERGE_SLASHES ==> /%2e%2e%2fa ==> DOT_SEGMENT",
        "DECODE_AND_MERGE_SLASHES ==> /a%3bb ==> PATH_PARAMETER",
        "DECODE_AND_MERGE_SLASHES ==> /a%00 ==> BAD_CHARACTER",
      })
  void normalizesOnlyWhatTheOptionNames(PathNormalization how, String raw, String expected) {
    String answer =
        switch (CanonicalPath.parse(raw, how)) {
          case CanonicalPath.Canonical path -> path.segments().toString();
          case CanonicalPath.Ambiguous ambiguous -> ambiguous.why().name();
        };
    assertEquals(expected, answer);
  }

  @ParameterizedTest
  @EnumSource
  void limitsTheLength(PathNormalization how) {
    String longest = "/" + "a".repeat(CanonicalPath.MAX_LENGTH - 1);
    assertInstanceOf(CanonicalPath.Canonical.class, CanonicalPath.parse(longest, how));
    assertEquals(
        new CanonicalPath.Ambiguous(Ambiguity.PATH_TOO_LONG),
        CanonicalPath.parse(longest + "a", how));
  }

  @Test
  void keepsItsPromisesOnRandomPaths() {
    Random random = new Random(20261124);
    String[] bits = {
      "/", "/", "/", "a", "b", ".", "..", "%2e", "%2E", "%2f", "%5c", "\\", "%25", "%", "2f", "%61",
      "%c3%a9", "%20", "%3f", "%23", ";", "%c0%af", "é", "%00", "~"
    };
    int[] clear = new int[1];
    for (int i = 0; i < 20_000; i++) {
      StringBuilder raw = new StringBuilder("/");
      for (int n = random.nextInt(8); n > 0; n--) {
        raw.append(bits[random.nextInt(bits.length)]);
      }
      clear[0] += promises(raw.toString());
    }
    // So many must be clear that the promises were tried in earnest.
    assertFalse(clear[0] < 10_000, "only " + clear[0]);
  }

  @FuzzTest
  void keepsItsPromisesOnAnyText(byte[] data) {
    promises(new String(data, java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  /** How many normalizations found it clear. */
  private static int promises(String raw) {
    int clear = 0;
    for (PathNormalization how : PathNormalization.values()) {
      if (CanonicalPath.parse(raw, how) instanceof CanonicalPath.Canonical path) {
        clear++;
        List<String> segments = path.segments();
        for (int i = 0; i < segments.size(); i++) {
          String segment = segments.get(i);
          assertFalse(segment.equals(".") || segment.equals(".."), raw);
          assertFalse(segment.isEmpty() && i < segments.size() - 1, raw);
          assertFalse(
              segment.chars().anyMatch(c -> c == '/' || c == '\\' || c == ';' || c < ' '), raw);
        }
        assertEquals(path, CanonicalPath.parse(path.print(), PathNormalization.NONE), raw);
        if (how == PathNormalization.NONE) {
          // What is clear without normalization is read the same with each.
          for (PathNormalization other : PathNormalization.values()) {
            assertEquals(path, CanonicalPath.parse(raw, other), raw);
          }
        }
      }
    }
    return clear;
  }

  private static List<String> clear(String raw, PathNormalization how) {
    return assertInstanceOf(CanonicalPath.Canonical.class, CanonicalPath.parse(raw, how))
        .segments();
  }
}
