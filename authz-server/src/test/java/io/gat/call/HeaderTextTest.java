package io.gat.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTextTest {
  @ParameterizedTest
  @CsvSource({
    "alice, alice",
    "'a b', 'a b'",
    "100%, 100%25",
    "'a\r\nb', a%0D%0Ab",
    "\u00e9, %C3%A9",
    "\u007f, %7F",
    "' admin', %20admin",
    "'admin ', admin%20",
    "'', ''",
  })
  void encodesWhatAHeaderCannotCarry(String value, String expected) {
    assertEquals(expected, HeaderText.encoded(value));
  }

  @Test
  void anUnpairedSurrogateDoesNoHarm() {
    assertEquals("a?b%25", HeaderText.encoded("a\ud800b%"));
  }

  @Test
  void keepsTheItemsOfAListApart() {
    assertEquals("a:read b%20c %25 d", HeaderText.joined(List.of("a:read", "b c", "%", "d")));
  }

  @ParameterizedTest
  @CsvSource({"orders, orders", "'a\"b', 'a\\\"b'", "'a\\b', 'a\\\\b'", "'a\nb', a%0Ab"})
  void escapesAQuotedString(String value, String expected) {
    assertEquals(expected, HeaderText.quoted(value));
  }
}
