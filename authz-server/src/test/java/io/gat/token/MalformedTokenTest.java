package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are no compact JWS, each signed by the issuer where it can be. */
final class MalformedTokenTest {
  private static final TestIssuer ISSUER = TestIssuer.of(Algorithm.ES256);
  private static final String HEADER = JsonUtil.toJson(ISSUER.header());
  private static final String CLAIMS = JsonUtil.toJson(TestIssuer.claims());

  private static void assertMalformed(String token) {
    Verification.Rejected rejected = VerdictOf.rejected(ISSUER.verify(token));
    assertEquals(Flaw.MALFORMED_TOKEN, rejected.flaw());
    assertTrue(rejected.signed().isEmpty());
    assertTrue(rejected.trust().isEmpty());
  }

  static Stream<String> shapes() {
    String good = ISSUER.token();
    String[] parts = good.split("\\.", -1);
    return Stream.of(
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        good + ".",
        "." + good,
        good + "." + parts[2],
        good + ".." + parts[2],
        parts[0] + "." + parts[1],
        parts[0] + ".." + parts[2],
        "." + parts[1] + "." + parts[2],
        good + "=",
        good + "==",
        parts[0] + "=." + parts[1] + "." + parts[2],
        good + " ",
        " " + good,
        good + "\n",
        good.replace(".", " ."),
        good + "\u0000",
        good + "AAA",
        good + "+",
        good + "/",
        good + "%3D",
        parts[0] + "." + parts[1] + "." + parts[2].substring(0, 40) + "\n" + parts[2].substring(40),
        good + "ü",
        good.replace('.', '\u2024'),
        "{\"payload\":\""
            + parts[1]
            + "\",\"protected\":\""
            + parts[0]
            + "\",\"signature\":\""
            + parts[2]
            + "\"}",
        "{\"payload\":\""
            + parts[1]
            + "\",\"signatures\":[{\"protected\":\""
            + parts[0]
            + "\",\"signature\":\""
            + parts[2]
            + "\"}]}",
        parts[0] + "." + parts[1] + "." + parts[1] + "." + parts[1] + "." + parts[2],
        "Bearer " + good,
        good + "," + good,
        good + good);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void refusesShape(String token) {
    assertMalformed(token);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "true",
        "1",
        "\"text\"",
        "[]",
        "[{}]",
        "{",
        "}",
        "{}}",
        "{}{}",
        "{} x",
        "{,}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":1e999}",
        "{\"a\":-1e999}",
        "{\"a\":0x10}",
        "{\"a\":[1,]}",
        "{\"a\":[null]}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"\\ud800\":1}",
        "{\"a\":1/*c*/}",
        "//c\n{}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":null,\"a\":1}",
        "{\"a\":null,\"a\":null}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"x\":{\"a\":1,\"a\":2}}",
        "{\"x\":[{\"y\":{\"a\":1,\"a\":2}}]}",
        "\ufeff{}",
        "{}\u0000"
      })
  void refusesHeaderAndPayloadThatAreNotOneObject(String json) {
    assertMalformed(ISSUER.token(HEADER, json));
    assertMalformed(ISSUER.token(json, CLAIMS));
  }

  @Test
  void refusesDuplicateOfEachClaimThatItReads() {
    for (String name : TestIssuer.claims().keySet()) {
      String twice = CLAIMS.substring(0, CLAIMS.length() - 1) + ",\"" + name + "\":\"x\"}";
      assertMalformed(ISSUER.token(HEADER, twice));
    }
    for (String name : ISSUER.header().keySet()) {
      String twice = HEADER.substring(0, HEADER.length() - 1) + ",\"" + name + "\":\"x\"}";
      assertMalformed(ISSUER.token(twice, CLAIMS));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 1000, 3000})
  void refusesDeepNesting(int depth) {
    String arrays = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    assertMalformed(ISSUER.token(HEADER, arrays));
    assertMalformed(ISSUER.token(HEADER, "{\"a\":".repeat(Math.min(depth, 900))));
    assertMalformed(ISSUER.token(arrays, CLAIMS));
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[][] bad = {
      {(byte) 0x80},
      {(byte) 0xc0, (byte) 0xaf},
      {(byte) 0xe0, (byte) 0x80, (byte) 0xaf},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xfe},
      {(byte) 0xc3}
    };
    for (byte[] sequence : bad) {
      String text = new String(sequence, StandardCharsets.ISO_8859_1);
      byte[] claims =
          (CLAIMS.substring(0, CLAIMS.length() - 1) + ",\"x\":\"" + text + "\"}")
              .getBytes(StandardCharsets.ISO_8859_1);
      assertMalformed(ISSUER.sign(TestIssuer.encode(HEADER) + "." + TestIssuer.encode(claims)));
    }
    byte[] utf16 = CLAIMS.getBytes(StandardCharsets.UTF_16BE);
    assertMalformed(ISSUER.sign(TestIssuer.encode(HEADER) + "." + TestIssuer.encode(utf16)));
  }

  @Test
  void refusesBitsLeftOverInTheLastCharacter() {
    String good = ISSUER.token();
    // 64 bytes are 86 characters; the last one has four bits that belong to no byte.
    char last = good.charAt(good.length() - 1);
    String same = good.substring(0, good.length() - 1) + (char) (last + 1);
    assertMalformed(same);
  }

  @Test
  void takesTokenOfExactly8KiB() {
    Map<String, Object> claims = TestIssuer.claims();
    int size = ISSUER.token().length();
    claims.put("pad", "");
    int free = (8192 - ISSUER.token(ISSUER.header(), claims).length()) * 3 / 4;
    boolean exact = false;
    for (int pad = free - 4; pad <= free + 4; pad++) {
      claims.put("pad", "p".repeat(pad));
      String token = ISSUER.token(ISSUER.header(), claims);
      if (token.length() <= 8192) {
        exact |= token.length() >= 8191;
        assertEquals("alice", VerdictOf.token(ISSUER.verify(token)).subject());
      } else {
        assertMalformed(token);
      }
    }
    assertTrue(exact);
    assertTrue(size < 1000);
  }

  @Test
  void refusesMegabytesAtOnce() {
    assertMalformed("a".repeat(10_000_000));
    assertMalformed(".".repeat(8192));
  }

  @Test
  void keepsHugeNumbersAsDoubles() {
    String digits = "9".repeat(300);
    String json =
        CLAIMS.substring(0, CLAIMS.length() - 1)
            + ",\"big\":"
            + digits
            + ",\"long\":9223372036854775807,\"tooLong\":9223372036854775808,\"tiny\":1e-999}";
    Map<String, Object> claims =
        VerdictOf.token(ISSUER.verify(ISSUER.token(HEADER, json))).claims();
    assertEquals(Double.parseDouble(digits), claims.get("big"));
    assertEquals(Long.MAX_VALUE, claims.get("long"));
    assertEquals(0x1p63, claims.get("tooLong"));
    assertEquals(0.0, claims.get("tiny"));
  }
}
