package io.gat.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which call a proxy's request is about, by the headers that each proxy documents. */
class OriginalCallReaderTest {
  private static final String NOTHING = "";

  private static HeaderTable headers(String... lines) {
    HeaderTable table = new HeaderTable(lines.length);
    for (String line : lines) {
      int colon = line.indexOf(':');
      table.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return table;
  }

  private static AccessRequest read(Flavour flavour, String... lines) {
    return new OriginalCallReader(flavour, "").read("GET", "/auth?x=y", headers(lines));
  }

  private static String seen(AccessRequest request) {
    return request.method()
        + " "
        + request.host()
        + " "
        + request.target()
        + request.ambiguity().map(a -> " " + a).orElse(NOTHING);
  }

  /** nginx's documentation: X-Original-URI and -Method; ingress-nginx: X-Original-URL. */
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          X-Original-URI: /a/b?c=d                    | POST h /a/b?c=d
          X-Original-URL: https://h.example:8443/a?b  | POST h.example /a?b
          X-Original-URL: HTTP://h.example/           | POST h.example /
          X-Original-URL: https://h.example           | POST h.example  PATH_MISSING
          X-Original-URL: https://h.example?a=b       | POST h.example ?a=b
          X-Original-URL: https://u@h.example/a       | POST  /a HOST
          X-Original-URL: /a                          | POST   PATH_MISSING
          X-Original-URL: javascript://h/a            | POST   PATH_MISSING
          X-Forwarded-Uri: /a                         | POST h  PATH_MISSING
          """)
  void readsNginx(String header, String expected) {
    AccessRequest request = read(Flavour.NGINX, "host: h", "X-Original-Method: POST", header);

    assertEquals(expected, seen(request));
  }

  @Test
  void nginxSetsOneOfUriAndUrl() {
    AccessRequest request =
        read(
            Flavour.NGINX,
            "host: h",
            "x-original-method: GET",
            "x-original-uri: /healthz",
            "x-original-url: http://h/secret");

    assertEquals(Optional.of(Ambiguity.DUPLICATE_HEADER), request.ambiguity());
  }

  @Test
  void nginxTellsOfUpgrades() {
    AccessRequest request =
        read(
            Flavour.NGINX,
            "host: h",
            "x-original-method: GET",
            "x-original-uri: /",
            "x-original-upgrade: websocket");

    assertTrue(request.isUpgrade());
    assertEquals("websocket", request.upgrade());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "x-original-method",
    "x-original-uri",
    "x-original-upgrade",
  })
  void nginxSetsEachOnce(String name) {
    AccessRequest request =
        read(
            Flavour.NGINX,
            "host: h",
            "x-original-method: GET",
            "x-original-uri: /",
            "x-original-upgrade: ",
            name + ": GET");

    assertEquals(Optional.of(Ambiguity.DUPLICATE_HEADER), request.ambiguity());
  }

  @Test
  void traefikTellsAllInHeaders() {
    AccessRequest request =
        read(
            Flavour.TRAEFIK,
            "Host: gat:9198",
            "X-Forwarded-Method: PUT",
            "X-Forwarded-Host: h.example:443",
            "X-Forwarded-Uri: /a?b",
            "X-Forwarded-Proto: https",
            "X-Original-Uri: /other");

    assertEquals("PUT h.example /a?b", seen(request));
    // Its own are no headers of the caller's; others' are.
    assertEquals(
        Map.of(
            "host", List.of("gat:9198"),
            "x-forwarded-proto", List.of("https"),
            "x-original-uri", List.of("/other")),
        request.headers());
  }

  @Test
  void envoyAsksWithTheCallItself() {
    AccessRequest request =
        read(
            Flavour.ENVOY,
            "host: H.example:80",
            "x-original-uri: /other",
            "x-forwarded-uri: /other",
            "x-forwarded-method: PUT",
            "upgrade: websocket");

    assertEquals("GET h.example /auth?x=y", seen(request));
    assertTrue(request.isUpgrade());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /check/v1/a?b | GET h /v1/a?b
          /check        | GET h  PATH_MISSING
          /checkmate    | GET h mate
          /v1/a         | GET h  PATH_MISSING
          """)
  void envoysPrefixGoesAway(String target, String expected) {
    AccessRequest request =
        new OriginalCallReader(Flavour.ENVOY, "/check").read("GET", target, headers("host: h"));

    assertEquals(expected, seen(request));
  }

  @Test
  void onlyEnvoyHasAPrefix() {
    assertThrows(
        IllegalArgumentException.class, () -> new OriginalCallReader(Flavour.NGINX, "/check"));
  }

  @ParameterizedTest
  @CsvSource({"ENVOY", "NGINX", "TRAEFIK"})
  void noHeaderProvesWhoCalls(Flavour flavour) {
    AccessRequest request =
        read(
            flavour,
            "host: h",
            "x-forwarded-for: 10.0.0.1",
            "x-real-ip: 10.0.0.1",
            "x-forwarded-client-cert: By=spiffe://a/b;URI=spiffe://c/d",
            "x-envoy-peer-metadata: x");

    assertEquals("", request.sourceAddress());
    assertEquals("", request.sourcePrincipal());
    assertEquals("", request.destinationPrincipal());
    assertEquals("", request.sourceCertificate());
    assertTrue(request.contextExtensions().isEmpty());
    assertFalse(request.isUpgrade());
  }
}
