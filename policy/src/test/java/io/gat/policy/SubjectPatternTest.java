package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectPatternTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "spiffe://*/a",
        "spiffe://d",
        "spiffe://d/a*",
        "spiffe://d/*a",
        "spiffe://d//a",
        "k8s:*/a",
        "k8s:*",
        "k8s:a/b*",
        "oidc:*",
        "oidc:https://*#a",
        "oidc:https://i.example#a*",
        "oidc:https://i.example#repo:*x",
        "oidc:https://i.example#",
        "client:*",
        "client:a*",
        "api-key:*",
        "other",
        ""
      })
  void aStarNeverStandsForAPartThatOthersMake(String text) {
    assertFalse(SubjectPattern.isUsable(text));
    assertThrows(IllegalArgumentException.class, () -> new SubjectPattern(text));
  }

  @ParameterizedTest
  @CsvSource({
    "spiffe://d/ns/*/sa/a, spiffe://d/ns/x/sa/a, true",
    "spiffe://d/ns/*/sa/a, spiffe://d/ns/x/y/sa/a, false",
    "spiffe://d/ns/*, spiffe://d/ns/, false",
    "spiffe://d/ns/*, spiffe://d/ns/a:b, false",
    "k8s:shop/*, k8s:shop/cart, true",
    "k8s:shop/*, k8s:shop2/cart, false",
    "oidc:https://i.example#*, oidc:https://i.example#bob, true",
    "oidc:https://i.example#*, oidc:https://i.example#repo:bob, false",
    "oidc:https://i.example#*, oidc:https://i.example.evil#bob, false",
    "oidc:https://i.example#repo:acme/*:ref, oidc:https://i.example#repo:acme/shop:ref, true",
    "oidc:https://i.example#repo:acme/*:ref, oidc:https://i.example#repo:acme/shop:ref:x, false",
    "client:web, client:web, true",
    "client:web, client:webb, false",
  })
  void aStarStandsForOneWholePart(String pattern, String principal, boolean matches) {
    assertEquals(matches, new SubjectPattern(pattern).matches(principal));
  }

  /** The matcher against a regular expression made from the same pattern, on random texts. */
  @Test
  void matchesWhatTheExpressionMatches() {
    Random random = new Random(20261126);
    String alphabet = "ab/:#*";
    int matched = 0;
    for (int i = 0; i < 50_000; i++) {
      String pattern = "oidc:https://i#" + text(random, alphabet, 6);
      if (!SubjectPattern.isUsable(pattern)) {
        continue;
      }
      String principal =
          random.nextBoolean()
              ? "oidc:https://i#" + text(random, "ab/:#", 6)
              : pattern.replace("*", text(random, "ab:", 2));
      boolean expected =
          Pattern.matches(Pattern.quote(pattern).replace("*", "\\E[^/:#]+\\Q"), principal);
      assertEquals(expected, new SubjectPattern(pattern).matches(principal), pattern + principal);
      matched += expected ? 1 : 0;
    }
    assertTrue(matched > 1_000, "matched " + matched);
  }

  private static String text(Random random, String alphabet, int max) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(max); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
