package io.gat.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.decide.CacheResult;
import io.gat.decide.Decision;
import io.gat.decide.DecisionFixtures;
import io.gat.decide.Reason;
import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The status of each kind of decision, as each proxy takes it. */
class ProxyAnswersTest {
  private static final AccessRequest REQUEST = AccessRequest.builder().method("GET").build();

  private static ProxyAnswer answer(Flavour flavour, Decision decision) {
    return new ProxyAnswers(flavour, UpstreamHeaders.standard(), HeaderBudget.standard())
        .of(decision);
  }

  private static String header(ProxyAnswer answer, String name) {
    return answer.headers().stream()
        .filter(h -> h.name().equals(name))
        .map(Header::value)
        .reduce("", (a, b) -> a + b);
  }

  @ParameterizedTest(name = "{0}: envoy {1}, nginx {2}, traefik {3}")
  @CsvSource({
    "NO_TOKEN,401,401,401",
    "NO_RULE,403,403,403",
    "AMBIGUOUS_REQUEST,400,403,400",
    // Denials: never an error, which would hand them to somebody's failure mode.
    "KEYS_UNAVAILABLE,403,403,503",
    "REVOCATION_STALE,403,403,503",
  })
  void denialIsNeverAnError(Reason reason, int envoy, int nginx, int traefik) {
    Decision denied = DecisionFixtures.deny(reason, REQUEST);

    assertEquals(envoy, answer(Flavour.ENVOY, denied).status());
    assertEquals(nginx, answer(Flavour.NGINX, denied).status());
    assertEquals(traefik, answer(Flavour.TRAEFIK, denied).status());
    assertEquals(
        Integer.toString(reason.status()), header(answer(Flavour.NGINX, denied), "x-gat-status"));
    assertEquals(reason.code(), header(answer(Flavour.NGINX, denied), "x-gat-reason"));
  }

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void failureIs503(Flavour flavour) {
    ProxyAnswer failed = answer(flavour, DecisionFixtures.failed(Reason.OVERLOADED, REQUEST));
    ProxyAnswer last =
        new ProxyAnswers(flavour, UpstreamHeaders.standard(), HeaderBudget.standard())
            .internalError();

    assertEquals(503, failed.status());
    assertEquals("1", header(failed, "retry-after"));
    assertTrue(failed.body().contains("overloaded"));
    assertEquals(503, last.status());
  }

  /** Only {@code ext_authz} over gRPC can take it out of the query. */
  @ParameterizedTest
  @EnumSource(Flavour.class)
  void queryThatWouldStayIsAHindrance(Flavour flavour) {
    ProxyAnswers answers =
        new ProxyAnswers(flavour, UpstreamHeaders.standard(), HeaderBudget.standard());
    Decision.Allow with =
        DecisionFixtures.allowRemovingQuery(
            AccessRequest.builder().target("/a?b=1&access%5ftoken=x").build(), "access_token");
    Decision.Allow without =
        DecisionFixtures.allowRemovingQuery(
            AccessRequest.builder().target("/a?b=1").build(), "access_token");

    assertEquals(Optional.of(Ambiguity.QUERY_STAYS), answers.hindrance(with));
    assertEquals(Optional.empty(), answers.hindrance(without));
  }

  @Test
  void envoyIsToldWhatToRemove() {
    AccessRequest request =
        AccessRequest.builder()
            .headers(Map.of("x_gat_subject", List.of("m"), "x-gat-other", List.of("m")))
            .build();
    ProxyAnswer answer = answer(Flavour.ENVOY, DecisionFixtures.allow(request, CacheResult.NONE));

    assertEquals(200, answer.status());
    String removed = "," + header(answer, "x-envoy-auth-headers-to-remove") + ",";
    for (String name :
        List.of(
            "x_gat_subject",
            "x-gat-other",
            "x-gat-subject",
            "x-gat-client",
            "x-gat-scope",
            "x-gat-audience",
            "x-gat-txn",
            "x-gat-token-id")) {
      assertTrue(removed.contains("," + name + ","), removed);
    }
  }
}
