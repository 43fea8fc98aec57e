package io.gat.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.decide.CacheResult;
import io.gat.decide.CachedVerification.Share;
import io.gat.decide.DecisionFixtures;
import io.gat.decide.GivenUp;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.Trial;
import io.gat.policy.AccessRequest;
import io.gat.token.TokenFixtures;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class DecisionMetricsTest {
  private static final Duration TOOK = Duration.ofNanos(75_000);

  private final DecisionMetrics metrics = new DecisionMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  private static AccessRequest request(String path) {
    return AccessRequest.builder().method("GET").host("h").target(path).build();
  }

  private List<String> samples() {
    return metrics.scrape().lines().filter(line -> !line.startsWith("#")).toList();
  }

  /** What stands before the value: name and tags. */
  private Set<String> series() {
    return samples().stream()
        .filter(line -> !line.startsWith("gat_jvm")) // memory pools and collectors come with use
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toSet());
  }

  private double value(String series) {
    return samples().stream()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series + " in " + metrics.scrape()));
  }

  private static String checks(String decision, String reason) {
    return "gat_checks_total{decision=\"" + decision + "\",reason=\"" + reason + "\"}";
  }

  @Test
  void countsChecksByDecisionAndReason() {
    metrics.decided(DecisionFixtures.allow(request("/"), CacheResult.HIT), TOOK);
    metrics.decided(DecisionFixtures.deny(Reason.NO_TOKEN, request("/")), TOOK);
    metrics.decided(DecisionFixtures.deny(Reason.NO_TOKEN, request("/")), TOOK);
    metrics.decided(DecisionFixtures.deny(Reason.REVOCATION_STALE, request("/")), TOOK);
    metrics.decided(DecisionFixtures.failed(Reason.REVOCATION_STALE, request("/")), TOOK);
    assertEquals(1, value(checks("allow", "ok")));
    assertEquals(2, value(checks("deny", "no_token")));
    assertEquals(1, value(checks("deny", "revocation_stale")));
    assertEquals(1, value(checks("error", "revocation_stale")));
    assertEquals(0, value(checks("deny", "expired")));
    assertEquals(5, value("gat_check_duration_seconds_count"));
  }

  @Test
  void countsWhatWasGivenUpApart() {
    metrics.givenUp(GivenUp.QUEUED);
    metrics.givenUp(GivenUp.DECIDED);
    metrics.givenUp(GivenUp.DECIDED);
    assertEquals(1, value("gat_checks_given_up_total{stage=\"queued\"}"));
    assertEquals(0, value("gat_checks_given_up_total{stage=\"verifying\"}"));
    assertEquals(2, value("gat_checks_given_up_total{stage=\"decided\"}"));
    assertEquals(0, value("gat_check_duration_seconds_count"));
  }

  @Test
  void showsThePort() {
    metrics.inFlight(() -> 3, () -> 256);
    metrics.connections(() -> 2);
    metrics.certificate(() -> Duration.ofHours(-1));
    assertEquals(3, value("gat_checks_in_flight"));
    assertEquals(256, value("gat_checks_limit"));
    assertEquals(2, value("gat_connections"));
    assertEquals(-3600, value("gat_tls_certificate_remaining_seconds"));
  }

  @Test
  void showsEveryReasonFromTheStart() {
    Set<String> series = series();
    for (Reason reason : Reason.values()) {
      String decision = reason == Reason.OK ? "allow" : "deny";
      assertTrue(series.contains(checks(decision, reason.code())), reason::code);
      assertEquals(
          reason.status() == 503, series.contains(checks("error", reason.code())), reason::code);
    }
  }

  @Test
  void putsDurationsIntoBucketsFromFiftyMicrosecondsToASecond() {
    metrics.decided(DecisionFixtures.deny(Reason.NO_TOKEN, request("/")), TOOK);
    List<String> buckets =
        samples().stream().filter(l -> l.startsWith("gat_check_duration_seconds_bucket")).toList();
    assertEquals("gat_check_duration_seconds_bucket{le=\"5.0E-5\"} 0", buckets.getFirst());
    assertEquals("gat_check_duration_seconds_bucket{le=\"1.0E-4\"} 1", buckets.get(1));
    assertEquals(
        "gat_check_duration_seconds_bucket{le=\"1.0\"} 1", buckets.get(buckets.size() - 2));
  }

  @Test
  void countsCacheLookups() {
    metrics.decided(DecisionFixtures.allow(request("/"), CacheResult.HIT), TOOK);
    metrics.decided(DecisionFixtures.allow(request("/"), CacheResult.MISS), TOOK);
    metrics.decided(DecisionFixtures.allow(request("/"), CacheResult.MISS), TOOK);
    metrics.decided(DecisionFixtures.allow(request("/"), CacheResult.NONE), TOOK);
    assertEquals(1, value("gat_cache_lookups_total{result=\"hit\"}"));
    assertEquals(2, value("gat_cache_lookups_total{result=\"miss\"}"));
  }

  @Test
  void noCallerMakesSeriesGrow() {
    Set<String> before = series();
    for (int i = 0; i < 1_000; i++) {
      AccessRequest hostile =
          AccessRequest.builder()
              .method("M" + i)
              .host("host" + i)
              .target("/" + i + "?q" + i)
              .sourcePrincipal("spiffe://" + i)
              .requestId("r" + i)
              .build();
      metrics.decided(DecisionFixtures.deny(Reason.BAD_SIGNATURE, hostile), Duration.ofMillis(i));
      metrics.decided(
          DecisionFixtures.deny(
              Reason.REVOKED,
              hostile,
              TokenFixtures.signed(
                  "https://" + i,
                  TokenFixtures.key("k" + i),
                  DecisionFixtures.NOW,
                  DecisionFixtures.NOW,
                  DecisionFixtures.NOW)),
          TOOK);
    }
    assertEquals(before, series());
  }

  @Test
  void showsTheStateOfIssuersAndCache() {
    AtomicReference<Optional<Duration>> age = new AtomicReference<>(Optional.empty());
    metrics.leaseRemaining("https://a", () -> Duration.ofMillis(4_950));
    metrics.leaseRemaining("https://b", () -> Duration.ofMillis(-50));
    metrics.keysAge("https://a", age::get);
    metrics.cacheSize(Share.TOKENS, () -> 12);
    metrics.cacheSize(Share.REJECTED, () -> 3);
    assertEquals(4.95, value("gat_lease_remaining_seconds{issuer=\"https://a\"}"));
    assertEquals(-0.05, value("gat_lease_remaining_seconds{issuer=\"https://b\"}"), 1e-9);
    assertTrue(Double.isNaN(value("gat_keys_age_seconds{issuer=\"https://a\"}")));
    age.set(Optional.of(Duration.ofMillis(1_500)));
    assertEquals(1.5, value("gat_keys_age_seconds{issuer=\"https://a\"}"));
    assertEquals(12, value("gat_cache_size{share=\"tokens\"}"));
    assertEquals(3, value("gat_cache_size{share=\"rejected\"}"));
  }

  @Test
  void showsOnlyTheLoadedPolicy() {
    metrics.policyLoaded("aaaa");
    metrics.policyLoaded("bbbb");
    metrics.policyLoaded("bbbb");
    assertEquals(1, value("gat_policy_info{hash=\"bbbb\"}"));
    assertFalse(metrics.scrape().contains("aaaa"));
  }

  @Test
  void showsWhatTheLogDropped() {
    DecisionLog log = new DecisionLog(OutputStream.nullOutputStream(), 1);
    metrics.logDropped(log);
    log.close();
    log.decided(DecisionFixtures.deny(Reason.NO_TOKEN, request("/")), TOOK);
    assertEquals(1, value("gat_decision_log_dropped_total"));
  }

  @Test
  void startsEveryNameAlike() {
    metrics.policyLoaded("aaaa");
    assertTrue(samples().stream().allMatch(line -> line.startsWith("gat_")), metrics::scrape);
    assertTrue(samples().stream().anyMatch(line -> line.startsWith("gat_jvm_memory_used_bytes")));
  }

  private static ShadowAnswer answer(ShadowAnswer.Kind kind, String rule) {
    boolean allows = kind == ShadowAnswer.Kind.ALLOW || kind == ShadowAnswer.Kind.PUBLIC;
    Reason reason = allows ? Reason.OK : Reason.NO_RULE;
    return new ShadowAnswer(kind, reason, "orders", rule);
  }

  private static final String RUNS_HASH = "0123456789abcdef";

  private static final CandidateState RUNS =
      new CandidateState.Runs(CandidateState.Origin.SHADOW, RUNS_HASH);

  private void tried(ShadowAnswer live, ShadowAnswer candidate) {
    tried(live, candidate, new Trial.Pair("running", RUNS_HASH));
  }

  private void tried(ShadowAnswer live, ShadowAnswer candidate, Trial.Pair policies) {
    metrics.decided(
        DecisionFixtures.allow(request("/"), CacheResult.HIT),
        new Trial.Answered(live, candidate, policies),
        TOOK);
  }

  private static String shadow(String what, String rule, String live, String candidate) {
    return "gat_shadow_"
        + what
        + "_total{candidate=\""
        + candidate
        + "\",live=\""
        + live
        + "\",rule=\""
        + rule
        + "\",service=\"orders\"}";
  }

  @Test
  void countsWhatTheCandidateSays() {
    metrics.candidate(RUNS, "running");
    ShadowAnswer allow = answer(ShadowAnswer.Kind.ALLOW, "live");
    tried(allow, answer(ShadowAnswer.Kind.ALLOW, "new"));
    tried(allow, answer(ShadowAnswer.Kind.DENY, "new"));
    tried(allow, answer(ShadowAnswer.Kind.DENY, "new"));
    tried(allow, answer(ShadowAnswer.Kind.DENY, ""));
    tried(answer(ShadowAnswer.Kind.PUBLIC, "open"), allow);
    tried(answer(ShadowAnswer.Kind.DENY, ""), answer(ShadowAnswer.Kind.DENY, ""));
    metrics.decided(
        DecisionFixtures.deny(Reason.NO_TOKEN, request("/")),
        new Trial.Failed(new IllegalStateException("a bug")),
        TOOK);
    assertEquals(1, value(shadow("checks", "new", "allow", "allow")));
    assertEquals(2, value(shadow("checks", "new", "allow", "deny")));
    assertEquals(2, value(shadow("disagreements", "new", "allow", "deny")));
    // Where the candidate has no rule, the one that decided tells where to look.
    assertEquals(1, value(shadow("disagreements", "live", "allow", "deny")));
    assertEquals(1, value(shadow("disagreements", "live", "public", "allow")));
    assertEquals(1, value(shadow("checks", "-", "deny", "deny")));
    assertFalse(series().contains(shadow("disagreements", "new", "allow", "allow")));
    assertEquals(1, value("gat_shadow_errors_total"));
    assertEquals(7, value("gat_check_duration_seconds_count"));
    assertEquals(1, value("gat_shadow_info{hash=\"0123456789abcdef\",state=\"runs\"}"));
  }

  @Test
  void countsOfAnotherCandidateBeginAnew() {
    ShadowAnswer allow = answer(ShadowAnswer.Kind.ALLOW, "live");
    metrics.candidate(RUNS, "running");
    tried(allow, answer(ShadowAnswer.Kind.DENY, "new"));
    metrics.candidate(new CandidateState.Refused(), "running");
    assertTrue(series().stream().noneMatch(s -> s.startsWith("gat_shadow_disagreements")));
    assertTrue(series().stream().noneMatch(s -> s.startsWith("gat_shadow_checks")));
    assertEquals(1, value("gat_shadow_info{hash=\"-\",state=\"refused\"}"));
    metrics.candidate(RUNS, "running");
    tried(allow, answer(ShadowAnswer.Kind.DENY, "new"));
    assertEquals(1, value(shadow("disagreements", "new", "allow", "deny")));
    metrics.candidate(new CandidateState.None(), "running");
    assertTrue(series().stream().noneMatch(s -> s.startsWith("gat_shadow_info")));
  }

  /** Checks are judged later than they are decided, and policies change meanwhile. */
  @Test
  void whatOtherPoliciesSaidIsNotCountedAsTheirs() {
    ShadowAnswer allow = answer(ShadowAnswer.Kind.ALLOW, "live");
    metrics.candidate(RUNS, "running");
    tried(allow, answer(ShadowAnswer.Kind.DENY, "old"), new Trial.Pair("running", "older"));
    tried(allow, answer(ShadowAnswer.Kind.DENY, "old"), new Trial.Pair("before", RUNS_HASH));
    metrics.candidate(new CandidateState.None(), "running");
    tried(allow, answer(ShadowAnswer.Kind.DENY, "old"), new Trial.Pair("running", RUNS_HASH));
    assertTrue(series().stream().noneMatch(s -> s.startsWith("gat_shadow_checks")));
    assertTrue(series().stream().noneMatch(s -> s.startsWith("gat_shadow_disagreements")));
  }

  /** Whoever holds the lock would otherwise let all checks wait. */
  @Test
  @Timeout(60)
  void takesNoLockOnceAllSeriesAreThere() throws InterruptedException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ShadowMetrics shadow = new ShadowMetrics(registry);
    shadow.candidate(RUNS, "running");
    Trial.Pair policies = new Trial.Pair("running", RUNS_HASH);
    ShadowAnswer allow = answer(ShadowAnswer.Kind.ALLOW, "live");
    for (int i = 0; i <= ShadowMetrics.MOST_SERIES; i++) {
      shadow.count(
          new Trial.Answered(allow, answer(ShadowAnswer.Kind.ALLOW, "rule-" + i), policies));
    }
    synchronized (shadow) {
      Thread other =
          Thread.ofPlatform()
              .start(
                  () ->
                      shadow.count(
                          new Trial.Answered(
                              allow, answer(ShadowAnswer.Kind.ALLOW, "one-more"), policies)));
      other.join();
    }
    assertEquals(
        2, registry.get(MetricNames.SHADOW_CHECKS).tag(MetricNames.RULE, "-").counter().count());
  }

  @Test
  void aCandidateHasABoundedNumberOfSeries() {
    metrics.candidate(RUNS, "running");
    ShadowAnswer allow = answer(ShadowAnswer.Kind.ALLOW, "live");
    for (int i = 0; i < ShadowMetrics.MOST_SERIES + 5; i++) {
      tried(allow, answer(ShadowAnswer.Kind.ALLOW, "rule-" + i));
    }
    assertEquals(5, value(shadow("checks", "-", "allow", "allow")));
    assertEquals(
        ShadowMetrics.MOST_SERIES + 1,
        series().stream().filter(s -> s.startsWith("gat_shadow_checks")).count());
  }
}
