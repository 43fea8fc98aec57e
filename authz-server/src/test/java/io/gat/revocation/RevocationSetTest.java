package io.gat.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RevocationSetTest {
  private static final Instant REVOKED = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  private static Revocable token(Instant issuedAt) {
    return new Revocable(
        "https://issuer", "id-1", "jti-1", "alice", "shop", List.of("orders", "x"), "k1", issuedAt);
  }

  private static RevocationSet set(Selector selector, String issuer, Reach reach) {
    Revocation entry =
        issuer.isEmpty()
            ? new Revocation(selector, null, REVOKED, reach)
            : new Revocation(selector, issuer, REVOKED, reach);
    return RevocationSet.of(List.of(entry), LEEWAY);
  }

  static Stream<Arguments> selectors() {
    return Stream.of(
        Arguments.of(new Selector.ByTokenId("id-1"), true),
        Arguments.of(new Selector.ByTokenId("jti-1"), false),
        Arguments.of(new Selector.ByJti("jti-1"), true),
        Arguments.of(new Selector.ByJti("id-1"), false),
        Arguments.of(new Selector.BySubject("alice"), true),
        Arguments.of(new Selector.BySubject("Alice"), false),
        Arguments.of(new Selector.ByClient("shop"), true),
        Arguments.of(new Selector.ByClient("alice"), false),
        Arguments.of(new Selector.ByAudience("orders"), true),
        Arguments.of(new Selector.ByAudience("x"), true),
        Arguments.of(new Selector.ByAudience("shop"), false),
        Arguments.of(new Selector.ByKid("k1"), true),
        Arguments.of(new Selector.ByKid("k2"), false),
        Arguments.of(new Selector.Everything(), true));
  }

  @ParameterizedTest
  @MethodSource("selectors")
  void hitsWhatTheSelectorNames(Selector selector, boolean expected) {
    assertEquals(
        expected, set(selector, "", Reach.ISSUED_BEFORE).revokes(token(REVOKED.minusSeconds(9))));
  }

  @ParameterizedTest
  @MethodSource("selectors")
  void sparesOtherIssuersWhereTheSelectorNamesOne(Selector selector, boolean expected) {
    Revocable token = token(REVOKED);

    assertFalse(set(selector, "https://other", Reach.ALL).revokes(token));
    assertEquals(expected, set(selector, "https://issuer", Reach.ALL).revokes(token));
  }

  @ParameterizedTest(name = "issued {0} after the revocation, reach {1}: {2}")
  @CsvSource({
    "PT-1H,     ISSUED_BEFORE, true",
    "PT0S,      ISSUED_BEFORE, true",
    "PT5S,      ISSUED_BEFORE, true",
    "PT5.001S,  ISSUED_BEFORE, false",
    "PT1H,      ISSUED_BEFORE, false",
    "PT1H,      ALL,           true",
  })
  void hitsTokensIssuedUntilThenPlusLeeway(Duration after, Reach reach, boolean expected) {
    RevocationSet set = set(new Selector.BySubject("alice"), "", reach);

    assertEquals(expected, set.revokes(token(REVOKED.plus(after))));
  }

  @Test
  void keepsEveryEntryOfOneSelector() {
    RevocationSet set =
        RevocationSet.of(
            List.of(
                new Revocation(
                    new Selector.BySubject("alice"), "https://other", REVOKED, Reach.ALL),
                new Revocation(
                    new Selector.BySubject("alice"), "https://issuer", REVOKED, Reach.ALL)),
            LEEWAY);

    assertTrue(set.revokes(token(REVOKED)));
  }

  @Test
  void doesNotTakeAnAbsentClaimForAnEmptySelector() {
    Revocable bare = new Revocable("https://issuer", "id-2", "", "", "", List.of(), "", REVOKED);

    assertFalse(set(new Selector.BySubject(""), "", Reach.ALL).revokes(bare));
    assertFalse(RevocationSet.empty().revokes(bare));
  }
}
