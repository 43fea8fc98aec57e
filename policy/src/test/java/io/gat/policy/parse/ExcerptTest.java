package io.gat.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExcerptTest {
  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "'1,1,2,ab' ==> '1 | ab' ==> '^'",
        "'1,2,9,ab' ==> '1 | ab' ==> ' ^'",
        "'1,3,4,ab' ==> '1 | ab' ==> '  ^'",
        "'1,9,12,ab' ==> '1 | ab' ==> '  ^'",
        "'2,1,3,a~bc' ==> '2 | bc' ==> '^^'",
        "'2,1,3,a' ==> '2 | ' ==> '^'",
        "'1,2,3,\ta' ==> '1 |  a' ==> ' ^'",
        "'1,2,4,😀é😀' ==> '1 | 😀é😀' ==> ' ^^'",
        "'1,2,3,\ufeffab' ==> '1 | ab' ==> ' ^'",
        "'1,1,4,\u001b[2J' ==> '1 | \ufffd[2J' ==> '^^^'",
        "'1,1,2,\u202eab' ==> '1 | \ufffdab' ==> '^'",
      })
  void underlinesThePlace(String input, String line, String carets) {
    assertEquals(
        "%s: error: m [wrong-value]\n  %s\n    | %s\n".formatted(place(input), line, carets),
        excerpt(input));
  }

  @Test
  void ofAnEmptyTextShowsNothing() {
    assertEquals("f:1:1: error: m [wrong-value]\n", excerpt("1,1,2,"));
  }

  private static String place(String input) {
    return "f:" + input.split(",", -1)[0] + ":" + input.split(",", -1)[1];
  }

  private static String excerpt(String input) {
    String[] parts = input.split(",", -1);
    Position at = new Position("f", Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    Problem problem =
        new Problem(ProblemId.WRONG_VALUE, at, Integer.parseInt(parts[2]), "", "m", "");
    return Excerpt.of(problem, new Source("f", parts[3].replace('~', '\n')));
  }

  @Test
  void showsThePartOfALongLineAroundThePlace() {
    Problem problem =
        new Problem(ProblemId.WRONG_VALUE, new Position("f", 1, 301), 311, "a.b", "m", "r");
    String text = "x".repeat(300) + "0123456789" + "y".repeat(300);
    assertEquals(
        """
        f:1:301: error: a.b: m [wrong-value]
          1 | …%s0123456789%s…
            | %s^^^^^^^^^^
            = r
        """
            .formatted("x".repeat(20), "y".repeat(70), " ".repeat(21)),
        Excerpt.of(problem, new Source("f", text)));
  }

  @Test
  void needsNoText() {
    assertEquals(
        "f:1:1: error: m [no-policy-file]\n   = r\n",
        Excerpt.of(
            new Problem(ProblemId.NO_POLICY_FILE, new Position("f", 1, 1), 2, "", "m", "r")));
  }
}
