package io.gat.policy.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Selection;
import io.gat.policy.Selection.Candidate;
import io.gat.policy.Selection.Standing;
import io.gat.policy.Service;
import io.gat.policy.compile.Policies;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {
  private static final Policy POLICY =
      Policies.compiled(
              Policies.service(
                  "{name: list, methods: [GET], paths: [\"/v1/orders\"]}",
                  "{name: one, methods: [GET], paths: [\"/v1/orders/{id}\"]}",
                  "{name: put, methods: [PUT], paths: [\"/v1/orders/{no}\", \"/v1/{kind}/{no}\"]}",
                  "{name: new, methods: [GET], paths: [\"/v1/orders/new\"]}",
                  "{name: rest, paths: [\"/v1/{all=**}\"]}",
                  "{name: slash, paths: [\"/v1/orders/\"]}",
                  "{name: closed, paths: [\"/v1/{a}/{b}/secret\"], deny: true}",
                  "{name: shut, methods: [GET], paths: [\"/v1/x/y/secret\"], deny: true}",
                  "{name: night, paths: [\"/v1/z\"], deny: true, headers: {x-night: [\"1\"]}}"))
          .policy();

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      value = {
        "GET /v1/orders ==> list decides; rest less specific at 2: {all=**} for orders",
        "PUT /v1/orders ==> list other method; rest less specific at 2: {all=**} for orders",
        "GET /v1/orders/ ==> slash decides; rest less specific at 2: {all=**} for orders",
        "GET /v1 ==> rest decides",
        "PUT /v1/orders/new ==> new other method; one less specific at 3: {id} for new;"
            + " put less specific at 3: {no} for new; put less specific at 2: {kind} for orders;"
            + " rest less specific at 2: {all=**} for orders",
        "PUT /v1/orders/7 ==> one other method; put decides;"
            + " put less specific at 2: {kind} for orders;"
            + " rest less specific at 2: {all=**} for orders",
        "GET /v1/x/y/secret ==> shut decides; closed denies too; rest overruled",
        "POST /v1/x/y/secret ==> shut other method; closed decides; rest overruled",
        "GET /v1/z ==> night steps aside; rest less specific at 2: {all=**} for z",
        "GET /v1/a%2Fb ==> ",
        "GET /other ==> ",
      })
  void tellsOfEachRuleWhyItDecidesOrNot(String call, @Nullable String expected) {
    String[] words = call.split(" ", 2);
    Selection selection = POLICY.select(call(words[0], words[1]), "", Instant.EPOCH);
    assertEquals(
        expected == null ? "" : expected,
        selection.candidates().stream().map(SelectionTest::line).collect(Collectors.joining("; ")));
  }

  @Test
  void showsTheTemplateAsWritten() {
    Selection selection = POLICY.select(call("PUT", "/v1/carts/7"), "", Instant.EPOCH);
    assertEquals(
        List.of("/v1/{kind}/{no}", "/v1/{all=**}"),
        selection.candidates().stream().map(Candidate::template).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "s,none,'',s.example,PIN s to s",
    "none,'','',s.example,PIN none to nothing",
    "'',s,'',other,EXTENSION s to s",
    "'','','spiffe://d/s',other,PRINCIPAL spiffe://d/s to s",
    "'','','spiffe://d/t',s.example,PRINCIPAL spiffe://d/t to t against s",
    "'','','spiffe://d/unknown',s.example,HOST s.example to s",
    "'','','',other,HOST other to nothing",
  })
  void tellsHowTheServiceWasFound(
      String pin, String extension, String principal, String host, String expected) {
    Policy two =
        Policies.compiled(
                """
                {version: gat/v1, service: s, workloads: ["spiffe://d/s"], hosts: [s.example],
                 audience: s, rules: [{name: all, paths: ["/{all=**}"]}]}
                ---
                {version: gat/v1, service: t, workloads: ["spiffe://d/t"], hosts: [t.example],
                 audience: t, rules: [{name: all, paths: ["/{all=**}"]}]}
                """)
            .policy();
    Selection.Search search =
        two.select(
                AccessRequest.builder()
                    .method("GET")
                    .host(host)
                    .target("/")
                    .destinationPrincipal(principal)
                    .contextExtensions(
                        extension.isEmpty() ? Map.of() : Map.of("gat.service", extension))
                    .build(),
                pin,
                Instant.EPOCH)
            .search();
    Service decided = search.decided();
    Service ofHost = search.ofHost();
    assertEquals(
        expected,
        search.way()
            + " "
            + search.named()
            + " to "
            + (decided == null ? "nothing" : decided.name())
            + (ofHost != null && decided != null && search.isContradictedByHost()
                ? " against " + ofHost.name()
                : ""));
  }

  static String line(Candidate candidate) {
    return candidate.rule().name()
        + " "
        + switch (candidate.standing()) {
          case Standing.Decides decides -> "decides";
          case Standing.OtherMethod other -> "other method";
          case Standing.Replaced replaced -> "replaced";
          case Standing.StepsAside aside -> "steps aside";
          case Standing.DeniesToo too -> "denies too";
          case Standing.Overruled overruled -> "overruled";
          case Standing.LessSpecific less ->
              "less specific at " + less.segment() + ": " + less.own() + " for " + less.owners();
        };
  }

  private static AccessRequest call(String method, String target) {
    return AccessRequest.builder().method(method).host("s.example").target(target).build();
  }
}
