package io.gat.server.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.call.HeaderBudget;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.Reason;
import io.gat.decide.WhenStale;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.policy.parse.Source;
import io.gat.policy.verify.PolicyTests;
import io.gat.policy.verify.TestReport;
import io.gat.policy.verify.TokenFlaw;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EnvoyCallJudgeTest {
  private static final EnvoyCallJudge JUDGE = new EnvoyCallJudge(CryptoProvider.best());

  private static final String POLICY =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders/{id}"], scopes: [orders:read]}
        - name: own
          paths: ["/own/{tenant}"]
          when: "token.claims.tenant == path.tenant && token.claims.level > 2 && now < timestamp('2026-06-01T00:00:00Z')"
        - name: inside
          paths: ["/inside"]
          when: "request.source_address == '10.0.0.7' && request.source_principal.startsWith('spiffe://')"
        - {name: events, paths: ["/events"], scopes: [orders:read], upgrade: true, max-stream: 5m}
        - {name: health, paths: ["/healthz"], public: true}
      ---
      version: gat/v1
      service: billing
      hosts: [billing.example]
      audience: billing
      credential: txn-token
      rules:
        - {name: bills, paths: ["/bills"]}
      """;

  private static final String FIXTURES =
      """
      version: gat/v1
      tests: t
      tokens:
        good: {audience: orders, scopes: [orders:read], subject: alice, age: 10s, claims: {tenant: acme, level: 3}}
        bill: {audience: billing, scopes: [any]}
      callers:
        pod: {principal: "spiffe://x/y", address: 10.0.0.7}
      requests:
        read: {host: orders.example, path: "/v1/orders/7?a=b"}
        bills: {host: billing.example, path: /bills}
      """;

  private static List<String> failures(String cases) {
    return failures(JUDGE, cases);
  }

  private static List<String> failures(EnvoyCallJudge judge, String cases) {
    PolicyTests.Result result =
        new PolicyTests(judge)
            .run(
                List.of(new Source("p.yaml", POLICY)),
                List.of(new Source("p_test.yaml", FIXTURES + cases)));
    TestReport report =
        switch (result) {
          case PolicyTests.Result.Ran ran -> ran.report();
          case PolicyTests.Result.Unreadable bad ->
              throw new AssertionError(bad.problems().toString());
        };
    return report.failures();
  }

  private static void passes(String... cases) {
    assertEquals(List.of(), failures("cases:\n  - " + String.join("\n  - ", cases) + "\n"));
  }

  @Test
  void longLivedCallsAndAddedScopesCanBeExpected() {
    passes(
        "{name: socket, request: {host: orders.example, path: /events, headers: {upgrade: websocket,"
            + " connection: Upgrade}}, token: good, expect: {decision: allow, headers:"
            + " {x-envoy-upstream-stream-duration-ms: \"50000\"}}}",
        "{name: long, request: {host: orders.example, path: /events}, token: {like: good, ttl: 10m},"
            + " expect: {headers: {x-envoy-upstream-stream-duration-ms: \"300000\"}}}",
        "{name: plain, request: {host: orders.example, path: /v1/orders/7, headers: {upgrade:"
            + " websocket}}, token: good, expect: condition_false}",
        "{name: unbounded, request: read, token: good, expect: {headers:"
            + " {x-envoy-upstream-stream-duration-ms: ~}}}",
        "{name: added, request: {host: orders.example, path: /healthz, extensions: {gat.scopes:"
            + " \"orders:read\"}}, token: none, expect: no_token}",
        "{name: enough, request: {host: orders.example, path: /healthz, extensions: {gat.scopes:"
            + " \"orders:read\"}}, token: good, expect: ok}",
        "{name: misspelt, request: {host: orders.example, path: /healthz, extensions: {gat.scope: a}},"
            + " token: good, expect: ambiguous_request}");
  }

  @ParameterizedTest
  @EnumSource
  void everyFlawLeadsToItsReason(TokenFlaw flaw) {
    String decision =
        flaw == TokenFlaw.REVOCATION_STALE
            ? "{decision: error, status: 503, reason: "
            : "{decision: deny, reason: ";
    passes(
        "{name: flawed, request: read, token: {like: good, flaw: "
            + flaw.code()
            + "}, expect: "
            + decision
            + flaw.code()
            + "}}",
        "{name: good, request: read, token: {like: good, flaw: none}, expect: ok}");
  }

  /** A server that is configured in every way unlike the standard. */
  private static final TestTerms UNUSUAL =
      new TestTerms(
          List.of(
              new TrustedIssuer(
                  "https://idp.example",
                  Set.of(Algorithm.RS256),
                  Set.of("jwt"),
                  List.of("client_id"),
                  Map.of("scope", "scp", "client", "azp", "subject", "uid"),
                  TrustedIssuer.Audiences.SEVERAL),
              TestTerms.usual("https://second.example")),
          Duration.ofMinutes(5),
          Duration.ofHours(2),
          "orders",
          FreshnessTerms.everywhere(WhenStale.DENY),
          new UpstreamHeaders(
              UpstreamHeaders.Identity.OMIT,
              UpstreamHeaders.Token.KEEP,
              UpstreamHeaders.Correlation.OMIT),
          HeaderBudget.standard());

  /** Of a proxy that takes few headers. */
  private static final TestTerms NARROW =
      new TestTerms(
          List.of(),
          Duration.ofSeconds(5),
          Duration.ofMinutes(15),
          "",
          FreshnessTerms.everywhere(WhenStale.ERROR),
          UpstreamHeaders.standard(),
          new HeaderBudget(9, 4 * 1024));

  @Test
  void deniesWhatTheConfiguredProxyHasNoRoomFor() {
    String call = "{name: much, request: read, token: good, expect: %s}";
    assertEquals(
        List.of(),
        failures(
            new EnvoyCallJudge(CryptoProvider.best(), NARROW),
            "cases:\n  - " + call.formatted("ambiguous_request") + "\n"));
    passes(call.formatted("ok"));
  }

  private static final EnvoyCallJudge UNUSUAL_JUDGE =
      new EnvoyCallJudge(CryptoProvider.best(), UNUSUAL);

  @ParameterizedTest
  @EnumSource
  void everyFlawLeadsToItsReasonWhateverIsConfigured(TokenFlaw flaw) {
    assertEquals(
        List.of(),
        failures(
            UNUSUAL_JUDGE,
            "cases:\n  - {name: flawed, request: read, token: {like: good, flaw: "
                + flaw.code()
                + "}, expect: "
                + flaw.code()
                + "}\n"));
  }

  @Test
  void decidesAsTheServerIsConfigured() {
    String cases =
        """
        cases:
          - {name: leeway, request: read, token: {like: good, age: 5m, ttl: 60s}, expect: ok}
          - {name: no more, request: read, token: {like: good, age: 6m, ttl: 60s}, expect: expired}
          - {name: lifetime, request: read, token: {like: good, ttl: 2h}, expect: ok}
          - {name: claims, request: read, token: good, expect: {metadata: {issuer: "https://idp.example", subject: alice}}}
          - {name: audiences, request: read, token: {like: good, audience: [orders, x]}, expect: ok}
          - {name: not of the second, request: read, token: {like: good, issuer: "https://second.example", audience: [orders, x]}, expect: wrong_audience}
          - {name: nobody, request: read, token: {like: good, issuer: "https://third.example"}, expect: unknown_issuer}
          - {name: required, request: read, token: {like: good, without: [client_id]}, expect: missing_claim}
          - {name: not required, request: read, token: {like: good, without: [sub]}, expect: ok}
          - {name: pinned, request: {path: "/v1/orders/7"}, token: good, expect: {reason: ok, service: orders}}
          - {name: of another server, request: bills, token: bill, expect: {reason: ok, service: billing}}
          - {name: headers, request: read, token: good, expect: {reason: ok, headers: {x-gat-subject: ~}}}
        """;
    assertEquals(List.of(), failures(UNUSUAL_JUDGE, cases));
    // Nearly all of that is otherwise where nothing is configured.
    assertTrue(failures(JUDGE, cases).size() >= 9, failures(JUDGE, cases).toString());
  }

  @Test
  void everyReasonThatATokenCanHaveHasAFlawOrAWayOfItsOwn() {
    TreeSet<String> without =
        Arrays.stream(Reason.values())
            .map(Reason::code)
            .collect(Collectors.toCollection(TreeSet::new));
    Arrays.stream(TokenFlaw.values()).map(TokenFlaw::code).forEach(without::remove);
    assertEquals(
        "[ambiguous_request, condition_false, denied_by_rule, insufficient_scope, internal_error,"
            + " no_rule, no_service, no_token, ok, overloaded, replayed, too_old]",
        without.toString());
  }

  @Test
  void tokensAreWhatTheFileSays() {
    passes(
        "{name: claims, request: {host: orders.example, path: /own/acme}, token: good, expect: ok}",
        "{name: other claim, request: {host: orders.example, path: /own/acme}, token: {like: good,"
            + " claims: {level: 2}}, expect: condition_false}",
        "{name: later, now: 2026-06-01T00:00:00Z, request: {host: orders.example, path: /own/acme},"
            + " token: good, expect: condition_false}",
        "{name: on its last second, request: read, token: {like: good, age: 64999ms}, expect: ok}",
        "{name: over, request: read, token: {like: good, age: 65s}, expect: expired}",
        "{name: no client, request: read, token: {like: good, without: [client_id]}, expect:"
            + " missing_claim}",
        "{name: odd claim, request: read, token: {like: good, claims: {aud: 5}}, expect:"
            + " missing_claim}",
        "{name: two audiences, request: read, token: {like: good, audience: [orders, bills]},"
            + " expect: wrong_audience}",
        "{name: dpop scheme, request: read, token: {like: good, place: dpop}, expect: ok}",
        "{name: type, request: read, token: {like: good, type: application/at+jwt}, expect: ok}",
        "{name: txn-token, request: bills, token: bill, expect: {decision: allow, service: billing,"
            + " rule: bills}}",
        "{name: txn-token in the wrong place, request: bills, token: {like: bill, place: bearer},"
            + " expect: no_token}",
        "{name: twice, request: {like: read, headers: {authorization: Bearer x}}, token: good,"
            + " expect: {reason: ambiguous_request, status: 400}}");
  }

  @Test
  void callersAreWhoTheFileSays() {
    passes(
        "{name: pod, request: {host: orders.example, path: /inside}, token: good, caller: pod,"
            + " expect: ok}",
        "{name: other address, request: {host: orders.example, path: /inside}, token: good,"
            + " caller: {like: pod, address: 10.0.0.8}, expect: condition_false}",
        "{name: nobody, request: {host: orders.example, path: /inside}, token: good, caller: none,"
            + " expect: condition_false}");
  }

  @Test
  void theServiceIsFoundInEveryWay() {
    passes(
        "{name: extension, request: {path: /healthz, extensions: {gat.service: orders}}, token:"
            + " none, expect: {reason: ok, service: orders}}",
        "{name: none, request: {path: /healthz}, token: none, expect: no_service}");
    assertEquals(
        List.of(),
        failures(
            """
            pin: orders
            cases:
              - {name: pinned, request: {path: /healthz}, token: none, expect: {service: orders}}
            """));
  }

  @Test
  void answersAreWhatEnvoyGets() {
    passes(
        """
        {name: allowed, request: {like: read, headers: {X-Gat-Admin: [a, b], x-request-id: r-1}}, token: good,
            expect: {decision: allow, status: 200,
            headers: {x-gat-subject: alice, x-gat-client: good, x-gat-txn: good, x-other: ~},
            removed: [Authorization, x-gat-admin],
            metadata: {decision: allow, issuer: "https://gat.example", scope: "orders:read", age_ms: 10000, ttl_ms: 50000, cache: miss, epoch: 0, method: GET, path: ~}}}""",
        """
        {name: denied, request: read, token: none,
            expect: {status: 401, headers: {www-authenticate: 'Bearer realm="orders"', content-type: application/json},
            metadata: {reason: no_token, rule: read, subject: ~}}}""",
        """
        {name: forged claims are nowhere, request: read, token: {like: good, flaw: bad_signature},
            expect: {metadata: {subject: ~, token_id: ~, issuer: ~}}}""",
        """
        {name: no answer, request: read, token: {like: good, flaw: revocation_stale},
            expect: {decision: error, status: 503, headers: {retry-after: "1"}, metadata: {reason: revocation_stale}}}""");
  }

  @Test
  void aFailureSaysWhatWasExpectedAndWhatCame() {
    assertEquals(
        List.of(
            "p_test.yaml:12:3: the test `a` fails: expected decision deny, got allow (allow, reason"
                + " ok, service orders, rule read)",
            "p_test.yaml:12:3: the test `a` fails: expected header x-gat-subject bob, got alice"
                + " (allow, reason ok, service orders, rule read)",
            "p_test.yaml:12:3: the test `a` fails: expected header www-authenticate x, got nothing"
                + " (allow, reason ok, service orders, rule read)",
            "p_test.yaml:12:3: the test `a` fails: expected header host to be removed, got kept or"
                + " not there (allow, reason ok, service orders, rule read)",
            "p_test.yaml:12:3: the test `a` fails: expected metadata age_ms 5, got 10000 (allow,"
                + " reason ok, service orders, rule read)"),
        failures(
            """
            cases:
            - {name: a, request: read, token: good, expect: {decision: deny, headers: {x-gat-subject: bob, www-authenticate: x}, removed: [host], metadata: {age_ms: 5}}}
            """));
  }
}
