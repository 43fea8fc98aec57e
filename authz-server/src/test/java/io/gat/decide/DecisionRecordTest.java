package io.gat.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.token.SignedToken;
import io.gat.token.TokenFixtures;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class DecisionRecordTest {
  private static final Instant NOW = DecisionFixtures.NOW;
  private static final Duration TOOK = Duration.ofNanos(123_456);

  private static AccessRequest request(String target) {
    return AccessRequest.builder()
        .method("GET")
        .host("orders.example")
        .target(target)
        .headers(Map.of("authorization", List.of("Bearer s3cret"), "x-api-key", List.of("s3cret")))
        .sourcePrincipal("spiffe://cluster.local/ns/shop/sa/checkout")
        .destinationPrincipal("spiffe://cluster.local/ns/shop/sa/orders")
        .requestId("request-1")
        .traceId("0af7651916cd43dd8448eb211c80319c")
        .build();
  }

  private static SignedToken token(Instant issuedAt, Instant expiresAt) {
    return TokenFixtures.signed(
        "https://gat.example", TokenFixtures.key("k1"), issuedAt, Instant.EPOCH, expiresAt);
  }

  private static DecisionRecord of(Decision decision) {
    return DecisionRecord.of(decision, TOOK);
  }

  @Test
  void tellsAllOfATokenWhoseSignatureHeld() {
    SignedToken token = token(NOW.minusMillis(1_500), NOW.plusMillis(2_500));
    DecisionRecord told = of(DecisionFixtures.deny(Reason.REVOKED, request("/v1/a?x=1"), token));
    assertEquals(
        new DecisionRecord(
            NOW,
            DecisionRecord.Outcome.DENY,
            Reason.REVOKED,
            "orders",
            "read-order",
            "GET",
            "orders.example",
            "/v1/a",
            List.of("x"),
            "spiffe://cluster.local/ns/shop/sa/checkout",
            "spiffe://cluster.local/ns/shop/sa/orders",
            "https://gat.example",
            "alice",
            "checkout",
            List.of("orders"),
            "orders:read orders:write",
            "dG9rZW4taWQtMTIzNA",
            "txn-1",
            Duration.ofMillis(1_500),
            Duration.ofMillis(2_500),
            CacheResult.MISS,
            DecisionFixtures.POLICY,
            7L,
            Duration.ofNanos(123_000),
            "0af7651916cd43dd8448eb211c80319c",
            "request-1",
            null),
        told);
  }

  @Test
  void tellsNothingOfATokenOtherwise() {
    DecisionRecord told = of(DecisionFixtures.deny(Reason.BAD_SIGNATURE, request("/v1/a")));
    assertEquals("", told.issuer() + told.subject() + told.client() + told.scope() + told.txn());
    assertEquals("", told.tokenId());
    assertEquals(List.of(), told.audience());
    assertNull(told.age());
    assertNull(told.ttl());
    assertNull(told.epoch());
  }

  @Test
  void tellsNoHeaderValue() {
    DecisionRecord told = of(DecisionFixtures.deny(Reason.NO_TOKEN, request("/v1/a")));
    assertFalse(told.toString().contains("s3cret"));
  }

  @Test
  void leavesOutTimesThatTheTokenDoesNotHave() {
    SignedToken token = token(Instant.EPOCH, Instant.EPOCH);
    DecisionRecord told = of(DecisionFixtures.deny(Reason.MISSING_CLAIM, request("/"), token));
    assertNull(told.age());
    assertNull(told.ttl());
  }

  @Test
  void standsTimesThatAreTooFarAwayForMilliseconds() {
    SignedToken token = token(Instant.MIN, Instant.MAX);
    DecisionRecord told = of(DecisionFixtures.deny(Reason.LIFETIME_TOO_LONG, request("/"), token));
    assertEquals(Duration.ofMillis(Long.MAX_VALUE), told.age());
    assertEquals(Duration.ofMillis(Long.MAX_VALUE), told.ttl());
    SignedToken reversed = token(Instant.MAX, Instant.MIN);
    assertEquals(
        Duration.ofMillis(Long.MIN_VALUE),
        of(DecisionFixtures.deny(Reason.EXPIRED, request("/"), reversed)).ttl());
  }

  @ParameterizedTest
  @EnumSource
  void tellsTheEpochOnlyWhereRevocationWasJudged(Freshness freshness) {
    Facts facts = DecisionFixtures.facts(request("/")).judged(freshness, 7);
    DecisionRecord told = of(new Decision.Failed(Reason.REVOCATION_STALE, facts));
    boolean judged = freshness == Freshness.FRESH || freshness == Freshness.STALE;
    assertEquals(judged ? Long.valueOf(7) : null, told.epoch());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "/p                     | none",
        "/p?                    | none",
        "/p?&&=1&               | none",
        "/p?b=2&a=1             | a,b",
        "/p?a=1&a=2             | a",
        "/p?flag                | flag",
        "/p?a=b=c&d==           | a,d",
        "/p?q=?&r=/?x=1         | q,r",
        "/p?a%20b=1             | a%20b",
      })
  void namesQueryParametersOnly(String target, String expected) {
    DecisionRecord told = of(DecisionFixtures.deny(Reason.NO_TOKEN, request(target)));
    assertEquals(expected == null ? List.of() : List.of(expected.split(",")), told.queryKeys());
    assertEquals("/p", told.path());
  }

  @Test
  void leavesOutQueryNamesThatAreTooLongForOne() {
    String longest = "n".repeat(DecisionRecord.MAX_QUERY_KEY);
    DecisionRecord told =
        of(
            DecisionFixtures.deny(
                Reason.NO_TOKEN, request("/p?" + longest + "=1&" + longest + "x&a")));
    assertEquals(List.of("a", longest), told.queryKeys());
  }

  @Test
  void boundsTheNumberOfQueryNames() {
    String query =
        IntStream.range(0, 500).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining("&"));
    DecisionRecord told = of(DecisionFixtures.deny(Reason.NO_TOKEN, request("/p?" + query)));
    assertEquals(DecisionRecord.MAX_ITEMS, told.queryKeys().size());
  }

  @Test
  void marksATextThatItCut() {
    String longest = "/" + "a".repeat(DecisionRecord.MAX_TEXT - 1);
    assertEquals(longest, of(DecisionFixtures.deny(Reason.NO_RULE, request(longest))).path());
    String cut = of(DecisionFixtures.deny(Reason.NO_RULE, request(longest + "a"))).path();
    assertEquals(DecisionRecord.MAX_TEXT, cut.length());
    assertTrue(cut.endsWith("a…"));
  }

  @Test
  void cutsNoCharacterInHalf() {
    String path = "/" + "a".repeat(DecisionRecord.MAX_TEXT - 3) + "😀😀";
    String cut = of(DecisionFixtures.deny(Reason.NO_RULE, request(path))).path();
    assertTrue(cut.endsWith("a…"));
  }

  @Test
  void neverThrowsForAClockThatRanBack() {
    Decision decision = DecisionFixtures.allow(request("/"), CacheResult.HIT);
    assertEquals(Duration.ZERO, DecisionRecord.of(decision, Duration.ofNanos(-1)).took());
  }

  @Test
  void refusesAnAllowWithAReasonForADenial() {
    DecisionRecord allow = of(DecisionFixtures.allow(request("/"), CacheResult.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new DecisionRecord(
                allow.time(),
                allow.decision(),
                Reason.NO_RULE,
                "",
                "",
                "",
                "",
                "",
                List.of(),
                "",
                "",
                "",
                "",
                "",
                List.of(),
                "",
                "",
                "",
                null,
                null,
                CacheResult.NONE,
                "",
                null,
                TOOK,
                "",
                "",
                null));
  }

  @Test
  void tellsWhatTheCandidateSaysOnlyWhereItDisagrees() {
    Decision decision = DecisionFixtures.allow(request("/"), CacheResult.NONE);
    ShadowAnswer live = new ShadowAnswer(ShadowAnswer.Kind.PUBLIC, Reason.OK, "orders", "a");
    ShadowAnswer alike = new ShadowAnswer(ShadowAnswer.Kind.PUBLIC, Reason.OK, "orders", "b");
    ShadowAnswer other = new ShadowAnswer(ShadowAnswer.Kind.ALLOW, Reason.OK, "orders", "b");
    assertNull(of(decision, new Trial.None()).shadow());
    assertNull(of(decision, new Trial.Failed(new IllegalStateException("x"))).shadow());
    assertNull(of(decision, new Trial.Answered(live, alike, new Trial.Pair("a", "b"))).shadow());
    assertEquals(
        other, of(decision, new Trial.Answered(live, other, new Trial.Pair("a", "b"))).shadow());
  }

  private static DecisionRecord of(Decision decision, Trial trial) {
    return DecisionRecord.of(decision, trial, TOOK);
  }
}
