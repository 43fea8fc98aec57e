package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimPatternTest {
  @ParameterizedTest
  @CsvSource({
    "repo:acme/shop:ref:refs/heads/main, repo:acme/shop:ref:refs/heads/main",
    "repo:acme/*:ref:refs/heads/main, repo:acme/shop:ref:refs/heads/main",
    "repo:acme/*:ref:refs/heads/*, repo:acme/shop:ref:refs/heads/main",
    "acme/*, acme/shop",
    "*/shop, acme/shop",
    "a|b, a|b",
  })
  void matches(String pattern, String value) {
    assertTrue(new ClaimPattern(pattern).matches(value));
  }

  @ParameterizedTest
  @CsvSource({
    "repo:acme/shop:ref:refs/heads/main, repo:acme/shop:ref:refs/heads/mai",
    "repo:acme/shop:ref:refs/heads/main, repo:acme/shop:ref:refs/heads/main2",
    "repo:acme/shop:ref:refs/heads/main, xrepo:acme/shop:ref:refs/heads/main",
    "repo:acme/shop, repo:Acme/shop",
    "repo:acme/*:ref:refs/heads/main, repo:acme/a/b:ref:refs/heads/main",
    "repo:acme/*:ref:refs/heads/main, repo:acme/:ref:refs/heads/main",
    "repo:acme/*:ref:refs/heads/main, repo:acme/a:b:ref:refs/heads/main",
    "repo:acme/*:ref:refs/heads/main, repo:acme.evil/shop:ref:refs/heads/main",
    "repo:acme/shop:ref:refs/heads/*, repo:acme/shop:ref:refs/heads/a/b",
    "repo:acme/shop:ref:refs/heads/*, repo:acme/shop:ref:refs/heads/",
    "acme/*, acme",
    "acme/*, acme/shop/x",
    "a|b, a",
  })
  void matchesNothingElse(String pattern, String value) {
    assertFalse(new ClaimPattern(pattern).matches(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " a",
        "a ",
        "a\nb",
        "repo:acme/shop*",
        "repo:acme/*shop",
        "repo:acme/sh*op",
        "repo:acme/**",
        "repo:acme/.*",
        "repo:acme/.+",
        "^repo:acme/shop",
        "repo:acme/shop$",
        "repo:acme/[a-z]",
        "repo:{owner}/shop",
        "repo:acme\\/shop"
      })
  void refusesWhatMeansSomethingElse(String pattern) {
    assertTrue(ClaimPattern.problem(pattern).isPresent());
    assertThrows(IllegalArgumentException.class, () -> new ClaimPattern(pattern));
  }

  /** Whatever is matched has exactly the pattern's separators, in its order. */
  @Test
  void neverReachesOverASeparator() {
    Random random = new Random(7);
    int matched = 0;
    for (int i = 0; i < 200_000; i++) {
      String text = text(random, "ab*:/");
      String value = text(random, "ab:/");
      if (ClaimPattern.problem(text).isEmpty() && new ClaimPattern(text).matches(value)) {
        matched++;
        assertEquals(
            text.replaceAll("[^:/]", ""), value.replaceAll("[^:/]", ""), text + " " + value);
      }
    }
    assertTrue(matched > 100);
  }

  private static String text(Random random, String letters) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(5); n > 0; n--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
