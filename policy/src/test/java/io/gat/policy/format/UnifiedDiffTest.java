package io.gat.policy.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnifiedDiffTest {
  @Test
  void saysNothingOfEqualTexts() {
    assertEquals("", UnifiedDiff.of("f", "a\n", "a\n"));
  }

  @Test
  void showsChangesWithThreeLinesAroundThem() {
    String before = lines(1, 30);
    String after = before.replace("\n5\n", "\nfive\n").replace("\n20\n", "\n");
    assertEquals(
        """
        --- f
        +++ f (formatted)
        @@ -2,7 +2,7 @@
         2
         3
         4
        -5
        +five
         6
         7
         8
        @@ -17,7 +17,6 @@
         17
         18
         19
        -20
         21
         22
         23
        """,
        UnifiedDiff.of("f", before, after));
  }

  @Test
  void showsALineBreakThatIsMissing() {
    assertTrue(
        UnifiedDiff.of("f", "a", "a\n")
            .endsWith("@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"));
    assertTrue(UnifiedDiff.of("f", "a\r\n", "a\n").endsWith("-a\\r\n+a\n"));
    assertTrue(UnifiedDiff.of("f", "", "a\n").endsWith("@@ -0,0 +1,1 @@\n+a\n"));
  }

  @Test
  void leadsFromOneTextToTheOther() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      List<String> before = new ArrayList<>();
      for (int n = random.nextInt(40); n > 0; n--) {
        before.add("l" + random.nextInt(8));
      }
      List<String> after = new ArrayList<>(before);
      for (int n = random.nextInt(6); n > 0 && !after.isEmpty(); n--) {
        int at = random.nextInt(after.size());
        switch (random.nextInt(3)) {
          case 0 -> after.remove(at);
          case 1 -> after.add(at, "new");
          default -> Collections.swap(after, at, random.nextInt(after.size()));
        }
      }
      String diff = UnifiedDiff.of("f", text(before), text(after));
      assertEquals(after, applied(before, diff), diff);
    }
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static String lines(int from, int to) {
    return text(IntStream.rangeClosed(from, to).mapToObj(String::valueOf).toList());
  }

  /** What {@code patch} would make of it; every line that it relies on must be there. */
  private static List<String> applied(List<String> before, String diff) {
    List<String> out = new ArrayList<>();
    int at = 0;
    for (String line : diff.lines().skip(2).toList()) {
      if (line.startsWith("@@")) {
        String[] range = line.substring(4, line.indexOf(' ', 4)).split(",", -1);
        int start = Integer.parseInt(range[0]) - (range[1].equals("0") ? 0 : 1);
        out.addAll(before.subList(at, start));
        at = start;
        continue;
      }
      String text = line.substring(1);
      if (line.charAt(0) != '+') {
        assertEquals(before.get(at), text);
        at++;
      }
      if (line.charAt(0) != '-') {
        out.add(text);
      }
    }
    out.addAll(before.subList(at, before.size()));
    return out;
  }
}
