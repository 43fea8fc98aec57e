package io.gat.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /**
   * DESIGN.md, section 9: children minted from a token fall with it, by its own traits and time.
   */
  @ParameterizedTest
  @MethodSource("selectors")
  void hitsWhatWasMintedFromWhatTheSelectorNames(Selector selector, boolean expected) {
    Revocable child =
        new Revocable(
            "https://other",
            "id-2",
            "jti-2",
            "bob",
            "web",
            List.of("mail"),
            "k9",
            REVOKED.plusSeconds(3_600),
            List.of(token(REVOKED)));
    assertEquals(expected, set(selector, "", Reach.ISSUED_BEFORE).revokes(child));
    assertEquals(expected, set(selector, "https://issuer", Reach.ISSUED_BEFORE).revokes(child));
    assertFalse(set(selector, "https://third", Reach.ALL).revokes(child));
    Revocable later =
        new Revocable(
            "https://other",
            "id-2",
            "jti-2",
            "bob",
            "web",
            List.of("mail"),
            "k9",
            REVOKED.plusSeconds(3_600),
            List.of(token(REVOKED.plus(LEEWAY).plusMillis(1))));
    boolean itsOwnId = selector instanceof Selector.ByTokenId || selector instanceof Selector.ByJti;
    assertEquals(
        expected && itsOwnId,
        set(selector, "", Reach.ISSUED_BEFORE).revokes(later),
        "what has its id is about it whenever it was issued");
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

  /** Where an issuer's clock was set back, a token that leaked may seem to be of the future. */
  @Test
  void hitsATokenByItsOwnIdWheneverItWasIssued() {
    Revocable token = token(REVOKED.plus(Duration.ofHours(1)));

    assertTrue(set(new Selector.ByTokenId("id-1"), "", Reach.ISSUED_BEFORE).revokes(token));
    assertTrue(set(new Selector.ByJti("jti-1"), "", Reach.ISSUED_BEFORE).revokes(token));
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

  /** A set that comes in parts is the set that comes at once. */
  @Test
  void gathersWhatComesInParts() {
    Random random = new Random(5);
    RevocationSet.Builder builder = new RevocationSet.Builder(LEEWAY);
    List<Revocation> all = new ArrayList<>();
    for (int size : new int[] {1, 0, 700, 20, 3, 700}) {
      List<Revocation> part = entries(random, size);
      builder.add(part);
      all.addAll(part);
    }
    RevocationSet gathered = builder.build();
    assertEquals(all.size(), gathered.size());
    assertEquals(LEEWAY, gathered.leeway());
    int hits = 0;
    for (int i = 0; i < 2_000; i++) {
      Asked asked = asked(random);
      assertEquals(
          all.stream().anyMatch(e -> asked.hitBy(e)),
          gathered.revokes(asked.token()),
          asked::toString);
      hits += gathered.revokes(asked.token()) ? 1 : 0;
    }
    assertTrue(hits > 0 && hits < 2_000, hits + " hits");
    assertEquals(0, gathered.without(all).size());
    assertEquals(0, new RevocationSet.Builder(LEEWAY).build().size());
  }

  /** Whatever the order of changes, the set says what a list says that is gone through. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithAListThatIsSearched(long seed) {
    Random random = new Random(seed);
    List<Revocation> model = new ArrayList<>();
    RevocationSet set = RevocationSet.empty(LEEWAY);
    for (int step = 0; step < 300; step++) {
      if (random.nextInt(4) > 0 || model.isEmpty()) {
        List<Revocation> more = entries(random, 1 + random.nextInt(20));
        model.addAll(more);
        set = set.with(more);
      } else {
        List<Revocation> gone = new ArrayList<>();
        for (int i = 0; i < 5 && !model.isEmpty(); i++) {
          gone.add(model.remove(random.nextInt(model.size())));
        }
        gone.addAll(entries(random, 1).stream().filter(e -> !model.contains(e)).toList());
        set = set.without(gone);
      }
      assertEquals(model.size(), set.size());
      for (int i = 0; i < 10; i++) {
        Asked asked = asked(random);
        assertEquals(
            model.stream().anyMatch(e -> asked.hitBy(e)),
            set.revokes(asked.token()),
            asked::toString);
      }
    }
  }

  private record Asked(String issuer, String subject, String jti, Instant issuedAt) {
    Revocable token() {
      return new Revocable(issuer, "id", jti, subject, "", List.of(), "", issuedAt);
    }

    boolean hitBy(Revocation entry) {
      boolean selected =
          switch (entry.selector()) {
            case Selector.BySubject s -> s.subject().equals(subject);
            case Selector.ByJti j -> j.jti().equals(jti);
            default -> false;
          };
      return selected
          && (entry.issuer() == null || entry.issuer().equals(issuer))
          && (entry.reach() == Reach.ALL
              || entry.selector() instanceof Selector.ByJti
              || !issuedAt.isAfter(entry.revokedAt().plus(LEEWAY)));
    }
  }

  private static Asked asked(Random random) {
    return new Asked(
        "https://issuer" + random.nextInt(3),
        "s" + random.nextInt(200),
        "j" + random.nextInt(2000),
        REVOKED.plusSeconds(random.nextInt(40)));
  }

  private static List<Revocation> entries(Random random, int count) {
    List<Revocation> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Asked one = asked(random);
      Selector selector =
          random.nextBoolean()
              ? new Selector.BySubject(one.subject())
              : new Selector.ByJti(one.jti());
      Reach reach = random.nextInt(8) == 0 ? Reach.ALL : Reach.ISSUED_BEFORE;
      entries.add(
          random.nextBoolean()
              ? new Revocation(selector, null, one.issuedAt(), reach)
              : new Revocation(selector, one.issuer(), one.issuedAt(), reach));
    }
    return entries;
  }

  /** A filter alone would reject some of them: it is let through and compared. */
  @Test
  void rejectsNoTokenOfAHundredThousandThatNobodyRevoked() {
    List<Revocation> entries = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      entries.add(
          new Revocation(
              new Selector.ByTokenId("revoked-" + i), null, REVOKED, Reach.ISSUED_BEFORE));
    }
    RevocationSet set = RevocationSet.of(entries, LEEWAY);
    for (int i = 0; i < 100_000; i++) {
      Revocable valid = new Revocable("i", "valid-" + i, "", "", "", List.of(), "", REVOKED);
      Revocable revoked = new Revocable("i", "revoked-" + i, "", "", "", List.of(), "", REVOKED);
      assertFalse(set.revokes(valid));
      assertTrue(set.revokes(revoked));
    }
  }
}
