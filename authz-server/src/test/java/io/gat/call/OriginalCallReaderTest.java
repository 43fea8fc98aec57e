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
    AccessRequest request =
        read(Flavour.NGINX, "host: h", "X-Original-Method: POST", "X-Original-Upgrade: =", header);

    assertEquals(expected, seen(request));
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource({
    "/healthz,http://h/secret,false",
    "/healthz,http://h/healthz?a,false",
    "/healthz?a,http://h/healthz?a,true",
    "/,https://h:443/,true",
    "/,https://h,false",
  })
  void uriAndUrlAgreeAtNginx(String uri, String url, boolean agree) {
    AccessRequest request =
        read(
            Flavour.NGINX,
            "host: auth",
            "x-original-method: GET",
            "x-original-upgrade: =",
            "x-original-uri: " + uri,
            "x-original-url: " + url);

    assertEquals(agree, request.ambiguity().isEmpty(), request.ambiguity()::toString);
    assertEquals("h", request.host());
  }

  /** An nginx that sets no such header, and so tells of no upgrade, lets nobody in. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x-other: 1                    | UPGRADE_UNTOLD
          x-original-upgrade:           | UPGRADE_UNTOLD
          x-original-upgrade: websocket | UPGRADE_UNTOLD
          x-original-upgrade: =         | none
          """)
  void untoldUpgradeIsAmbiguousAtNginx(String header, String expected) {
    AccessRequest request =
        read(Flavour.NGINX, "host: h", "x-original-method: GET", "x-original-uri: /", header);

    assertEquals(expected, request.ambiguity().map(Ambiguity::name).orElse("none"));
    assertFalse(request.isUpgrade());
  }

  /** nginx and Traefik take away what they are configured to, and no other name. */
  @ParameterizedTest(name = "{0}: {1} → {2}")
  @CsvSource({
    "NGINX,x-gat-admin,INVENTED_NAME",
    "NGINX,X-Gat-,INVENTED_NAME",
    "NGINX,x_gat_subject,INVENTED_NAME",
    "NGINX,x-gat-subject,none",
    "NGINX,x-gateway,none",
    "TRAEFIK,x-gat-admin,INVENTED_NAME",
    "TRAEFIK,x-gat_subject,INVENTED_NAME",
    "TRAEFIK,x-gat-token-id,none",
    "ENVOY,x-gat-admin,none",
  })
  void inventedNameIsRefusedWhereItWouldPass(Flavour flavour, String name, String expected) {
    AccessRequest request =
        read(
            flavour,
            "host: h",
            "x-original-method: GET",
            "x-original-uri: /",
            "x-original-upgrade: =",
            "x-forwarded-method: GET",
            "x-forwarded-host: h",
            "x-forwarded-uri: /",
            name + ": v");

    assertEquals(expected, request.ambiguity().map(Ambiguity::name).orElse("none"));
  }

  /** RFC 9110, section 7.6.1: the next proxy drops what {@code connection} names. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          close                                          | none
          keep-alive, Upgrade, HTTP2-Settings            | none
          x-gateway, authorizations, x-authorization     | none
          upgrade, x-gat-subject                         | HOP_BY_HOP
          X-GAT-SCOPE                                    | HOP_BY_HOP
          x_gat_subject                                  | HOP_BY_HOP
          upgrade,x-gat-                                 | HOP_BY_HOP
          close ,	Authorization                         | HOP_BY_HOP
          "txn-token"                                    | HOP_BY_HOP
          Txn_Token;q=1                                  | HOP_BY_HOP
          x-envoy-upstream-stream-duration-ms            | HOP_BY_HOP
          """)
  void connectionMayNotNameTheIdentity(String value, String expected) {
    AccessRequest request = read(Flavour.ENVOY, "host: h", "connection: " + value);

    assertEquals(expected, request.ambiguity().map(Ambiguity::name).orElse("none"));
  }

  @Test
  void everyConnectionHeaderIsRead() {
    AccessRequest request =
        read(Flavour.ENVOY, "host: h", "connection: upgrade", "connection: x-gat-txn");

    assertEquals(Optional.of(Ambiguity.HOP_BY_HOP), request.ambiguity());
  }

  /** A rule's {@code headers: {host: …}} is about the call, not about gat's own address. */
  @Test
  void hostHeaderIsThatOfTheCall() {
    AccessRequest nginx =
        read(
            Flavour.NGINX,
            "host: gat.internal",
            "x-original-method: GET",
            "x-original-upgrade: =",
            "x-original-url: https://shop.example:8443/");
    AccessRequest traefik =
        read(
            Flavour.TRAEFIK,
            "host: gat:9198",
            "x-forwarded-method: GET",
            "x-forwarded-host: shop.example",
            "x-forwarded-uri: /");
    AccessRequest without =
        read(Flavour.TRAEFIK, "host: gat:9198", "x-forwarded-method: GET", "x-forwarded-uri: /");

    assertEquals(List.of("shop.example:8443"), nginx.header("host"));
    assertEquals(List.of("shop.example"), traefik.header("host"));
    assertEquals(List.of(), without.header("host"));
  }

  @Test
  void nginxTellsOfUpgrades() {
    AccessRequest request =
        read(
            Flavour.NGINX,
            "host: h",
            "x-original-method: GET",
            "x-original-uri: /",
            "x-original-upgrade: =websocket");

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
            "x-original-upgrade: =",
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
            "host", List.of("h.example:443"),
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
