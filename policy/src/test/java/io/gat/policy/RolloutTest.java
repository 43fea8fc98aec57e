package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {
  private static final long SEED = 20261126;

  @Test
  void widerSharesOnlyAddPrincipals() {
    Random random = new Random(SEED);
    for (int n = 0; n < 20_000; n++) {
      String rule = "rule-" + random.nextInt(50);
      String principal = "spiffe://d/ns/" + random.nextInt() + "/sa/x";
      int narrow = random.nextInt(10_001);
      int wide = narrow + random.nextInt(10_001 - narrow);
      if (new Rollout(narrow).includes(rule, principal)) {
        assertTrue(new Rollout(wide).includes(rule, principal), rule + " " + principal);
      }
      assertTrue(Rollout.EVERYBODY.includes(rule, principal));
      assertFalse(Rollout.NOBODY.includes(rule, principal));
    }
  }

  /** Worked out by another program: who is in must be the same on every issuer, for ever. */
  @ParameterizedTest
  @CsvSource({
    "checkout-reads, spiffe://cluster.local/ns/shop/sa/checkout, 9165",
    "checkout-reads, k8s:shop/cart, 571",
    "other, k8s:shop/cart, 354",
    "r, oidc:https://ci.example#repo:a/b:ref:refs/heads/main, 2679"
  })
  void aPrincipalHasOnePlaceForEver(String rule, String principal, int place) {
    assertEquals(place, Rollout.place(rule, principal));
    assertFalse(new Rollout(place).includes(rule, principal));
    assertTrue(new Rollout(place + 1).includes(rule, principal));
  }

  @Test
  void aShareIsAboutThatManyPrincipalsAndOtherRulesReachOthers() {
    Rollout tenth = new Rollout(1_000);
    int of = 0;
    int both = 0;
    for (int n = 0; n < 20_000; n++) {
      String principal = "k8s:shop/account-" + n;
      boolean in = tenth.includes("one", principal);
      of += in ? 1 : 0;
      both += in && tenth.includes("two", principal) ? 1 : 0;
    }
    assertTrue(of > 1_800 && of < 2_200, "a tenth of 20,000: " + of);
    assertTrue(both > 130 && both < 270, "a hundredth of 20,000: " + both);
  }

  @ParameterizedTest
  @CsvSource({"0, 0%", "1, 0.01%", "50, 0.5%", "1000, 10%", "1234, 12.34%", "10000, 100%"})
  void readsLikeAFile(int basisPoints, String text) {
    assertEquals(text, new Rollout(basisPoints).toString());
  }

  @Test
  void isAShare() {
    assertThrows(IllegalArgumentException.class, () -> new Rollout(-1));
    assertThrows(IllegalArgumentException.class, () -> new Rollout(10_001));
  }
}
