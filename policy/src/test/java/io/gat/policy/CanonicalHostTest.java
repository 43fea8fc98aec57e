package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalHostTest {

  @ParameterizedTest
  @CsvSource({
    "'',''",
    "a.example,a.example",
    "A.EXAMPLE,a.example",
    "a.example.,a.example",
    "a.example:80,a.example",
    "A.example.:65535,a.example",
    "localhost:0,localhost",
    "a_b.example,a_b.example",
    "10.0.0.1:8080,10.0.0.1",
    "[::1],[::1]",
    "[FE80::A]:443,[fe80::a]",
    "[::ffff:10.0.0.1],[::ffff:10.0.0.1]",
  })
  void readsClearHosts(String authority, String host) {
    assertEquals(new CanonicalHost.Canonical(host), CanonicalHost.parse(authority));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user@a.example",
        "user:pw@a.example",
        "a b",
        " a",
        "a ",
        "a\t",
        "a\r\nb",
        "a,b",
        "a%41",
        "a:b",
        "a:80:90",
        "::1",
        "a:",
        "a:-1",
        "a:+1",
        "a:65536",
        "a:000080",
        "a:8o",
        ":80",
        ".",
        "..",
        "a..b",
        ".a",
        "a..",
        "[::1",
        "::1]",
        "[]",
        "[a]",
        "[::1]x",
        "[::1]:",
        "[::g]",
        "[::1%25eth0]",
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "a*",
        "*.a",
        "\u00e9.example",
        "a\u0000",
        "\u212a.example",
        "a;b",
        "'a'"
      })
  void refusesWhatTwoParsersCouldReadDifferently(String authority) {
    assertEquals(new CanonicalHost.Ambiguous(Ambiguity.HOST), CanonicalHost.parse(authority));
  }

  @Test
  void limitsTheLength() {
    String longest = "a.".repeat(126) + "b";
    assertEquals(new CanonicalHost.Canonical(longest), CanonicalHost.parse(longest + ".:1"));
    assertEquals(new CanonicalHost.Ambiguous(Ambiguity.HOST), CanonicalHost.parse(longest + "c"));
  }
}
