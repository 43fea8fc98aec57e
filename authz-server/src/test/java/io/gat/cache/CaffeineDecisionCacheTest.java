package io.gat.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.decide.CacheKey;
import io.gat.decide.CacheResult;
import io.gat.decide.CachedVerification;
import io.gat.decide.CachedVerification.Share;
import io.gat.decide.DecisionCache.Answer;
import io.gat.decide.DecisionFixtures;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import io.gat.token.Flaw;
import io.gat.token.Place;
import io.gat.token.TokenFixtures;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CaffeineDecisionCacheTest {
  private static final String ISSUER = "https://gat.example";
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final CacheKey KEY = CacheKey.of("a.b.c", Place.AUTHORIZATION);
  private static final VerificationKey SIGNER = TokenFixtures.key("k1");
  private static final TrustedKeys KEYS = keys(NOW.plusSeconds(3_600), SIGNER);

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  private final CaffeineDecisionCache cache = new CaffeineDecisionCache(10, 100, clock::get);
  private final AtomicInteger verifications = new AtomicInteger();

  private static TrustedKeys keys(Instant trustedUntil, VerificationKey... keys) {
    return TrustedKeys.none().with(ISSUER, new KeySet(List.of(keys), NOW, trustedUntil));
  }

  /** Valid in [NOW − 10 s, NOW + 60 s), leeway included at the end. */
  private static Verification valid() {
    return TokenFixtures.verified(
        TokenFixtures.signed(
            ISSUER, SIGNER, NOW.minusSeconds(5), NOW.minusSeconds(5), NOW.plusSeconds(55)),
        LEEWAY);
  }

  private static Verification rejected(Flaw flaw, Instant until) {
    return TokenFixtures.rejected(flaw, until, TokenFixtures.trust(ISSUER), null);
  }

  private static CachedVerification judged(Verification verification) {
    return DecisionFixtures.cached(verification, KEYS, NOW);
  }

  private Supplier<CachedVerification> counted(Verification verification) {
    return () -> {
      verifications.incrementAndGet();
      return judged(verification);
    };
  }

  private CacheResult ask(Verification verification) {
    return cache.get(KEY, NOW, KEYS, counted(verification)).result();
  }

  @Test
  void verifiesOnceAndRemembers() {
    CachedVerification made = judged(valid());
    Answer first = cache.get(KEY, NOW, KEYS, () -> made);
    Answer second = cache.get(KEY, NOW, KEYS, counted(valid()));
    assertEquals(CacheResult.MISS, first.result());
    assertEquals(CacheResult.HIT, second.result());
    assertSame(made, second.verification());
    assertEquals(0, verifications.get());
  }

  @Test
  void keepsApartTheSameTokenInAnotherPlace() {
    ask(valid());
    CacheKey elsewhere = CacheKey.of("a.b.c", Place.TXN_TOKEN);
    assertEquals(CacheResult.MISS, cache.get(elsewhere, NOW, KEYS, counted(valid())).result());
  }

  static Stream<Arguments> uses() {
    Instant nbf = NOW.plusSeconds(30);
    Verification early = rejected(Flaw.NOT_YET_VALID, nbf);
    Verification unknownKey = rejected(Flaw.UNKNOWN_KEY, Instant.MAX);
    Verification malformed = TokenFixtures.rejected(Flaw.MALFORMED_TOKEN, Instant.MAX, null, null);
    TrustedKeys another = keys(NOW.plusSeconds(3_600), TokenFixtures.key("k1"));
    TrustedKeys more = keys(NOW.plusSeconds(3_600), SIGNER, TokenFixtures.key("k2"));
    TrustedKeys aged = keys(NOW.plusSeconds(1), SIGNER);
    return Stream.of(
        Arguments.of(
            "just before it expires",
            valid(),
            NOW.plusSeconds(60).minusNanos(1),
            KEYS,
            CacheResult.HIT),
        Arguments.of("when it expires", valid(), NOW.plusSeconds(60), KEYS, CacheResult.MISS),
        Arguments.of(
            "clock set back to its nbf", valid(), NOW.minusSeconds(10), KEYS, CacheResult.HIT),
        Arguments.of(
            "clock set back before its nbf", valid(), NOW.minusSeconds(11), KEYS, CacheResult.MISS),
        Arguments.of("keys of the issuer gone", valid(), NOW, TrustedKeys.none(), CacheResult.MISS),
        Arguments.of("its key replaced", valid(), NOW, another, CacheResult.MISS),
        Arguments.of("a key added", valid(), NOW, more, CacheResult.HIT),
        Arguments.of("keys nearly too old", valid(), NOW.plusMillis(999), aged, CacheResult.HIT),
        Arguments.of("keys too old", valid(), NOW.plusSeconds(1), aged, CacheResult.MISS),
        Arguments.of("early, just before nbf", early, nbf.minusNanos(1), KEYS, CacheResult.HIT),
        Arguments.of("early, at nbf", early, nbf, KEYS, CacheResult.MISS),
        Arguments.of("rejected later than now", early, NOW.minusNanos(1), KEYS, CacheResult.MISS),
        Arguments.of("unknown key, same keys", unknownKey, NOW, KEYS, CacheResult.HIT),
        Arguments.of("unknown key, a key added", unknownKey, NOW, more, CacheResult.MISS),
        Arguments.of("malformed, other keys", malformed, NOW, another, CacheResult.HIT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("uses")
  void usesAgainOnlyWhatStillHolds(
      String name, Verification verification, Instant at, TrustedKeys keys, CacheResult expected) {
    ask(verification);
    assertEquals(expected, cache.get(KEY, at, keys, counted(verification)).result());
    assertEquals(expected == CacheResult.HIT ? 1 : 2, verifications.get());
  }

  @Test
  void forgetsWhatNoLongerHolds() {
    ask(valid());
    assertEquals(1, cache.size(Share.TOKENS));
    Verification error = TokenFixtures.keysUnavailable(ISSUER);
    cache.get(KEY, NOW, TrustedKeys.none(), counted(error));
    cache.settle();
    assertEquals(0, cache.size(Share.TOKENS));
  }

  @Test
  void letsGoOfExpiredEntriesThatNobodyAsksFor() {
    ask(valid());
    clock.set(NOW.plusSeconds(59));
    cache.settle();
    assertEquals(1, cache.size(Share.TOKENS));
    clock.set(NOW.plusSeconds(62));
    cache.settle();
    assertEquals(0, cache.size(Share.TOKENS));
  }

  @Test
  void neverRemembersErrors() {
    Verification error = TokenFixtures.keysUnavailable(ISSUER);
    assertEquals(CacheResult.MISS, ask(error));
    assertEquals(CacheResult.MISS, ask(error));
    assertEquals(2, verifications.get());
    assertEquals(0, cache.size(Share.TOKENS) + cache.size(Share.REJECTED));
    assertEquals(0, cache.size(Share.NOTHING));
  }

  @Test
  void neverRemembersExceptions() {
    IllegalStateException bug = new IllegalStateException("a bug");
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                cache.get(
                    KEY,
                    NOW,
                    KEYS,
                    () -> {
                      throw bug;
                    }));
    assertSame(bug, thrown);
    assertEquals(CacheResult.MISS, ask(valid()));
    assertEquals(CacheResult.HIT, ask(valid()));
  }

  @Test
  void floodOfRejectionsEvictsNoToken() {
    ask(valid());
    for (int i = 0; i < 5_000; i++) {
      CacheKey bad = CacheKey.of("bad" + i, Place.AUTHORIZATION);
      cache.get(bad, NOW, KEYS, counted(rejected(Flaw.BAD_SIGNATURE, Instant.MAX)));
    }
    cache.settle();
    assertTrue(cache.size(Share.REJECTED) <= 100);
    assertEquals(CacheResult.HIT, ask(valid()));
  }

  @Test
  void keepsNoMoreTokensThanItMay() {
    for (int i = 0; i < 1_000; i++) {
      cache.get(CacheKey.of("good" + i, Place.AUTHORIZATION), NOW, KEYS, counted(valid()));
    }
    cache.settle();
    assertTrue(cache.size(Share.TOKENS) <= 10);
  }

  @ParameterizedTest
  @EnumSource
  void verifiesOnceForManyThreads(Callers.Kind kind) {
    try (Callers callers = new Callers(kind)) {
      for (int i = 0; i < 64; i++) {
        callers.ask(() -> cache.get(KEY, NOW, KEYS, callers.whenOthersWait(63, counted(valid()))));
      }
      List<Answer> answers = callers.answers();
      assertEquals(64, answers.size());
      assertEquals(1, verifications.get());
      assertEquals(1, answers.stream().filter(a -> a.result() == CacheResult.MISS).count());
      assertEquals(1, answers.stream().map(Answer::verification).distinct().count());
    }
  }

  @Test
  void waitersVerifyThemselvesWhereTheFirstFails() {
    try (Callers callers = new Callers(Callers.Kind.VIRTUAL)) {
      AtomicInteger calls = new AtomicInteger();
      Supplier<CachedVerification> firstFails =
          () -> {
            if (calls.getAndIncrement() == 0) {
              return callers
                  .whenOthersWait(
                      7,
                      () -> {
                        throw new IllegalStateException("a bug");
                      })
                  .get();
            }
            return judged(valid());
          };
      for (int i = 0; i < 8; i++) {
        callers.ask(() -> cache.get(KEY, NOW, KEYS, firstFails));
      }
      List<Answer> answers = callers.answers();
      assertEquals(7, answers.size());
      assertEquals(1, callers.failures());
      assertEquals(8, calls.get());
      assertTrue(answers.stream().allMatch(a -> a.result() == CacheResult.MISS));
    }
  }

  @Test
  void waiterWithOtherKeysVerifiesItself() {
    TrustedKeys others = keys(NOW.plusSeconds(3_600), TokenFixtures.key("k2"));
    CachedVerification byOthers =
        DecisionFixtures.cached(rejected(Flaw.UNKNOWN_KEY, Instant.MAX), others, NOW);
    try (Callers callers = new Callers(Callers.Kind.VIRTUAL)) {
      AtomicReference<Answer> waited = new AtomicReference<>();
      cache.get(
          KEY,
          NOW,
          KEYS,
          () -> {
            callers.ask(
                () -> {
                  Answer answer = cache.get(KEY, NOW, others, () -> byOthers);
                  waited.set(answer);
                  return answer;
                });
            return callers.whenOthersWait(1, () -> judged(valid())).get();
          });
      callers.answers();
      assertSame(byOthers, waited.get().verification());
      assertEquals(CacheResult.MISS, waited.get().result());
    }
  }

  @Test
  void otherKeysNeverWait() {
    CacheKey other = CacheKey.of("d.e.f", Place.AUTHORIZATION);
    assertNotEquals(KEY, other);
    Answer slow =
        cache.get(
            KEY,
            NOW,
            KEYS,
            () -> {
              try (Callers callers = new Callers(Callers.Kind.VIRTUAL)) {
                callers.ask(() -> cache.get(other, NOW, KEYS, counted(valid())));
                assertEquals(CacheResult.MISS, callers.answers().getFirst().result());
              }
              return judged(valid());
            });
    assertEquals(CacheResult.MISS, slow.result());
    assertEquals(1, verifications.get());
  }
}
