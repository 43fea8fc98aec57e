package io.gat.server;

import static io.gat.issue.grant.GrantWorld.basic;
import static io.gat.issue.grant.GrantWorld.form;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.gat.http.TokenRoutes;
import io.gat.issue.grant.FormParameters;
import io.gat.issue.grant.GrantWorld;
import io.gat.revocation.Revocation.Selector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to the token endpoint that must not get a token, each with its exact error. */
@Timeout(120)
final class HostileTokenRequestsTest {
  private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
  private static final String BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final String FORM = "application/x-www-form-urlencoded";

  /** So many there are to be, at least (issue 7). */
  private static final int AT_LEAST = 200;

  private final GrantWorld world = new GrantWorld();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Hostile> all = new LinkedHashMap<>();
  private final HttpListener listener;

  /** A request and what it gets: {@code status error reason}. */
  private record Hostile(HttpRequest request, String expected) {}

  HostileTokenRequestsTest() throws StartException {
    listener =
        HttpListener.impatient(
            "127.0.0.1",
            0,
            Duration.ofSeconds(1),
            FormParameters.MAX_BYTES + 1_024,
            Duration.ofSeconds(30),
            List.of(new TokenRoutes("", world.endpoint, world.introspection)));
  }

  @AfterEach
  void close() {
    listener.close();
    http.close();
    world.close();
  }

  private HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + target));
  }

  private void add(String name, String expected, HttpRequest request) {
    if (all.put(name, new Hostile(request, expected)) != null) {
      throw new AssertionError(name + " twice");
    }
  }

  /** A form from a stranger, or with headers by turns. */
  private void add(String name, String expected, String body, String... headers) {
    HttpRequest.Builder request =
        to("/oauth2/token").header("content-type", FORM).POST(BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    add(name, expected, request.build());
  }

  /** Client credentials of client shop, good but for what is said. */
  private void good(String name, String expected, String... more) {
    List<String> parts = new ArrayList<>(List.of("grant_type", "client_credentials"));
    parts.addAll(List.of(more));
    if (!parts.contains("audience") && !parts.contains("resource")) {
      parts.addAll(List.of("audience", "orders"));
    }
    if (!parts.contains("scope")) {
      parts.addAll(List.of("scope", "orders:read"));
    }
    add(name, expected, form(parts.toArray(String[]::new)), "authorization", basic());
  }

  private static String exchange(String token, String... more) {
    List<String> parts =
        new ArrayList<>(
            List.of(
                "grant_type",
                EXCHANGE,
                "subject_token",
                token,
                "subject_token_type",
                ACCESS_TOKEN));
    parts.addAll(List.of(more));
    return form(parts.toArray(String[]::new));
  }

  @BeforeEach
  void bodies() {
    String plain = "grant_type=client_credentials&audience=orders&scope=orders%3Aread";
    for (String name :
        List.of(
            "grant_type",
            "scope",
            "subject_token",
            "subject_token_type",
            "actor_token",
            "actor_token_type",
            "requested_token_type",
            "assertion",
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "requested_ttl",
            "requested_binding",
            "tags",
            "attestation",
            "approval",
            "unknown")) {
      add(
          "twice " + name,
          "400 invalid_request malformed_form",
          plain + "&" + name + "=a&" + name + "=a",
          "authorization",
          basic());
    }
    add("twice, once empty", "400 invalid_request malformed_form", plain + "&tags=&tags={}");
    for (String bad :
        List.of(
            "%",
            "%2",
            "%zz",
            "%2x",
            "%ff",
            "%c3%28",
            "%c0%af",
            "%ed%a0%80",
            "%f5%80%80%80",
            "%00",
            "%0a",
            "%0d%0a",
            "%7f",
            "%c2%85",
            "%٣٣")) {
      add(
          "encoded " + bad,
          "400 invalid_request malformed_form",
          plain + "&x=" + bad,
          "authorization",
          basic());
      add("name " + bad, "400 invalid_request malformed_form", plain + "&x" + bad + "=1");
    }
    add("no name", "400 invalid_request malformed_form", plain + "&=x");
    add("a long name", "400 invalid_request malformed_form", plain + "&" + "n".repeat(129) + "=x");
    add(
        "many parameters",
        "400 invalid_request malformed_form",
        plain
            + IntStream.range(0, 64).mapToObj(i -> "&p" + i + "=1").collect(Collectors.joining()));
    add("nothing", "400 invalid_request missing_parameter", "");
    add("only ampersands", "400 invalid_request missing_parameter", "&&&&");
    add("an empty grant type", "400 invalid_request missing_parameter", "grant_type=");
    add(
        "a huge form",
        "413 request_too_large null",
        plain + "&x=" + "a".repeat(FormParameters.MAX_BYTES * 2));
    add(
        "a large form",
        "413 invalid_request request_too_large",
        plain + "&x=" + "a".repeat(FormParameters.MAX_BYTES));
    for (String type :
        List.of(
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded; charset=iso-8859-1",
            "application/x-www-form-urlencoded2",
            "application/xml")) {
      add(
          "type " + type,
          "400 invalid_request not_a_form",
          to("/oauth2/token")
              .header("content-type", type)
              .POST(BodyPublishers.ofString(plain))
              .build());
    }
    add(
        "no type",
        "400 invalid_request not_a_form",
        to("/oauth2/token").POST(BodyPublishers.ofString(plain)).build());
    add("compressed", "400 invalid_request not_a_form", plain, "content-encoding", "br");
    for (String query :
        List.of("?client_id=shop&client_secret=x", "?x", "?grant_type=client_credentials")) {
      add(
          "query " + query,
          "400 invalid_request parameters_in_url",
          to("/oauth2/token" + query)
              .header("content-type", FORM)
              .POST(BodyPublishers.ofString(plain))
              .build());
    }
  }

  @BeforeEach
  void grants() {
    for (String type :
        List.of(
            "password",
            "authorization_code",
            "refresh_token",
            "implicit",
            "none",
            "CLIENT_CREDENTIALS",
            " client_credentials",
            "client_credentials ",
            "client_credentials,password",
            "client-credentials",
            "urn:ietf:params:oauth:grant-type:saml2-bearer",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:openid:params:grant-type:ciba",
            EXCHANGE + "#",
            "URN:ietf:params:oauth:grant-type:token-exchange",
            "сlient_credentials")) {
      add(
          "grant " + type,
          "400 unsupported_grant_type unsupported_grant_type",
          form("grant_type", type, "audience", "orders"),
          "authorization",
          basic());
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @BeforeEach
  void clients() {
    String plain = form("grant_type", "client_credentials", "audience", "orders", "scope", "a");
    add("nobody", "401 invalid_client no_credential", plain);
    add("a public client", "401 invalid_client no_credential", plain + "&client_id=shop");
    add(
        "an empty secret",
        "401 invalid_client no_credential",
        plain + "&client_id=shop&client_secret=");
    for (String value :
        List.of(
            "Basic",
            "Bearer x",
            "Bearer " + world.gat(Map.of()),
            "DPoP x",
            "Digest username=\"shop\"",
            "Negotiate YII=",
            "shop:secret",
            "BasicX c2hvcDp4")) {
      add(
          "scheme " + value,
          "401 invalid_client unsupported_scheme",
          plain,
          "authorization",
          value);
    }
    for (String value :
        List.of(
            "!!!",
            "=",
            base64("no colon"),
            base64(":secret"),
            base64("shop:"),
            base64("shop:%zz"),
            base64("%ff:x"),
            Base64.getEncoder().encodeToString(new byte[] {'s', ':', (byte) 0xff}),
            base64("shop:x") + ",Basic",
            base64("shop:x") + " " + base64("shop:x"))) {
      add(
          "basic " + value,
          "401 invalid_client malformed_credential",
          plain,
          "authorization",
          "Basic " + value);
    }
    for (String pair :
        List.of(
            "shop:x",
            "shop:a+secret",
            "Shop:x",
            "shop%00:x",
            "nobody:x",
            "shop: ",
            "client:shop:x")) {
      add(
          "wrong " + pair,
          "401 invalid_client wrong_secret",
          plain,
          "authorization",
          "basic " + base64(pair));
    }
    String post = plain + "&client_id=shop&client_secret=guessed";
    add("a guessed secret", "401 invalid_client wrong_secret", post);
    add(
        "a secret of nobody",
        "400 invalid_request missing_parameter",
        plain + "&client_secret=guessed");
    String several = "400 invalid_request several_credentials";
    add("basic and post", several, post, "authorization", basic());
    add("basic and API key", several, plain, "authorization", basic(), "x-api-key", "k");
    add("post and API key", several, post, "x-api-key", "k");
    add("two basics", several, plain, "authorization", basic(), "authorization", basic());
    add("two API keys", several, plain, "x-api-key", "k", "x-api-key", "l");
    String assertion =
        plain + "&" + form("client_assertion", "a.b.c", "client_assertion_type", ASSERTION_TYPE);
    add("basic and assertion", several, assertion, "authorization", basic());
    add("post and assertion", several, assertion + "&client_id=shop&client_secret=x");
    add(
        "another client",
        "400 invalid_request several_clients",
        plain + "&client_id=web",
        "authorization",
        basic());
    add("a blank API key", "401 invalid_client malformed_credential", plain, "x-api-key", " ");
    add(
        "a long API key",
        "401 invalid_client malformed_credential",
        plain,
        "x-api-key",
        "k".repeat(1_025));
    add(
        "nobody knows API keys now",
        "503 temporarily_unavailable caller_unknown",
        plain,
        "x-api-key",
        "k");
    add(
        "an assertion without type",
        "400 invalid_request missing_parameter",
        plain + "&client_assertion=a.b.c");
    add(
        "a type without assertion",
        "400 invalid_request missing_parameter",
        plain + "&" + form("client_assertion_type", ASSERTION_TYPE));
    for (String type :
        List.of("jwt", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", JWT)) {
      add(
          "assertion type " + type,
          "401 invalid_client unsupported_assertion_type",
          plain + "&" + form("client_assertion", "a.b.c", "client_assertion_type", type));
    }
    add("an assertion of nobody", "401 invalid_client unknown_credential", assertion);
    add(
        "a gat for an assertion",
        "401 invalid_client unknown_credential",
        plain
            + "&"
            + form(
                "client_assertion", world.gat(Map.of()), "client_assertion_type", ASSERTION_TYPE));
    add(
        "an expired assertion",
        "401 invalid_client expired",
        plain
            + "&"
            + form(
                "client_assertion",
                world.job(
                    Map.of(
                        "exp",
                        world.now().getEpochSecond() - 60,
                        "iat",
                        world.now().getEpochSecond() - 90)),
                "client_assertion_type",
                ASSERTION_TYPE));
  }

  @BeforeEach
  void wishes() {
    add(
        "no audience",
        "400 invalid_target missing_target",
        "grant_type=client_credentials&scope=a",
        "authorization",
        basic());
    good("an empty audience", "400 invalid_target missing_target", "audience", "");
    good("a blank audience", "400 invalid_target malformed_target", "audience", "  ");
    good("a long audience", "400 invalid_target malformed_target", "audience", "a".repeat(513));
    good("another audience", "400 invalid_target wrong_audience", "audience", "stock");
    good("another case", "400 invalid_target wrong_audience", "audience", "Orders");
    good("a slash more", "400 invalid_target wrong_audience", "audience", "orders/");
    good(
        "two audiences",
        "400 invalid_target several_targets",
        "audience",
        "orders",
        "audience",
        "stock");
    good(
        "audience and resource",
        "400 invalid_target several_targets",
        "audience",
        "orders",
        "resource",
        "urn:x");
    for (String resource :
        List.of("orders", "/orders", "https://a.example/#x", "https://a b", "://", "http://[x")) {
      good("resource " + resource, "400 invalid_target malformed_target", "resource", resource);
    }
    good("no scope", "400 invalid_scope scope_not_granted", "scope", "");
    good("only spaces", "400 invalid_scope scope_not_granted", "scope", "   ");
    good(
        "a scope that nobody gives",
        "400 invalid_scope scope_not_granted",
        "scope",
        "orders:delete");
    good("a quoted scope", "400 invalid_scope malformed_scope", "scope", "\"orders:read\"");
    good("a backslash", "400 invalid_scope malformed_scope", "scope", "orders\\read");
    good("a scope in Greek", "400 invalid_scope malformed_scope", "scope", "ορδερς");
    good("a long scope", "400 invalid_scope malformed_scope", "scope", "s".repeat(513));
    good(
        "many scopes",
        "400 invalid_scope too_many_scopes",
        "scope",
        IntStream.range(0, 65).mapToObj(i -> "s" + i).collect(Collectors.joining(" ")));
    for (String ttl :
        List.of(
            "0",
            "-1",
            "1.5",
            "1e3",
            "86401",
            "99999",
            "100000",
            " 60",
            "60s",
            "0x10",
            "٦٠",
            "NaN",
            "+60",
            "1".repeat(5_000))) {
      good(
          "ttl " + (ttl.length() > 9 ? "long" : ttl),
          "400 invalid_request malformed_ttl",
          "requested_ttl",
          ttl);
    }
    for (String binding : List.of("none", "jkt", "Certificate")) {
      good(
          "binding " + binding,
          "400 invalid_request malformed_binding",
          "requested_binding",
          binding);
    }
    good(
        "no certificate", "400 invalid_request no_certificate", "requested_binding", "certificate");
    for (String tags :
        List.of(
            "team=shop",
            "[]",
            "{\"a\":1}",
            "{\"a\":{}}",
            "{\"a\":[\"b\"]}",
            "{\"a\":\"b\",\"a\":\"c\"}",
            "{\"a\":\"b\"}x",
            "{\"a\":\"" + "b".repeat(513) + "\"}",
            "{"
                + IntStream.range(0, 17)
                    .mapToObj(i -> "\"k" + i + "\":\"v\"")
                    .collect(Collectors.joining(","))
                + "}",
            "[".repeat(10_000))) {
      good(
          "tags " + tags.substring(0, Math.min(12, tags.length())) + tags.length(),
          "400 invalid_request malformed_tags",
          "tags",
          tags);
    }
    good(
        "many attestations",
        "400 invalid_request too_many_attestations",
        "attestation",
        "a b c d e");
    good("an approval of two words", "400 invalid_request malformed_approval", "approval", "a b");
    good("an approval in Greek", "400 invalid_request malformed_approval", "approval", "α");
    good("a long approval", "400 invalid_request malformed_approval", "approval", "a".repeat(513));
    good(
        "a stranger to the rules",
        "400 unauthorized_client unknown_principal",
        "audience",
        "stranger");
    good("without approval", "400 access_denied approval_needed", "audience", "approval");
    good("a storm", "429 temporarily_unavailable throttled", "audience", "busy");
    good("no verifier", "503 temporarily_unavailable ruling_unknown", "audience", "unclear");
  }

  @BeforeEach
  void exchanges() {
    String gat = world.gat(Map.of());
    add("no subject", "400 invalid_request missing_parameter", form("grant_type", EXCHANGE));
    add(
        "no subject type",
        "400 invalid_request missing_parameter",
        form("grant_type", EXCHANGE, "subject_token", gat));
    for (String type :
        List.of(
            "access_token",
            "jwt",
            "urn:ietf:params:oauth:token-type:refresh_token",
            "urn:ietf:params:oauth:token-type:saml1",
            "urn:ietf:params:oauth:token-type:saml2",
            "urn:ietf:params:oauth:token-type:txn_token")) {
      String unsupported = "400 invalid_request unsupported_token_type";
      add(
          "subject type " + type,
          unsupported,
          form("grant_type", EXCHANGE, "subject_token", gat, "subject_token_type", type));
      add(
          "actor type " + type,
          unsupported,
          exchange(gat, "actor_token", gat, "actor_token_type", type));
      add("requested type " + type, unsupported, exchange(gat, "requested_token_type", type));
    }
    add(
        "an ID token is none of ours to issue",
        "400 invalid_request unsupported_token_type",
        exchange(gat, "requested_token_type", "urn:ietf:params:oauth:token-type:id_token"));
    add(
        "an actor without type",
        "400 invalid_request missing_parameter",
        exchange(gat, "actor_token", gat));
    add(
        "an actor type without actor",
        "400 invalid_request missing_parameter",
        exchange(gat, "actor_token_type", JWT));
    add(
        "a gat as actor",
        "400 invalid_request gat_as_actor",
        exchange(gat, "actor_token", gat, "actor_token_type", JWT));
    add(
        "somebody else's actor token",
        "400 invalid_request actor_mismatch",
        exchange(gat, "actor_token", world.job(Map.of()), "actor_token_type", JWT),
        "authorization",
        basic());
    add(
        "more scope",
        "400 invalid_scope scope_not_granted",
        exchange(gat, "scope", "orders:admin"));
    add("another service", "400 invalid_target wrong_audience", exchange(gat, "audience", "stock"));
    add("new tags", "400 invalid_request malformed_tags", exchange(gat, "tags", "{\"a\":\"b\"}"));
    add(
        "bad client, good gat",
        "401 invalid_client wrong_secret",
        exchange(gat),
        "authorization",
        "Basic " + base64("shop:x"));
    tokens(gat);
    claims();
  }

  private static String header(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** What can be done to a token's text. */
  private void tokens(String gat) {
    String[] parts = gat.split("\\.", -1);
    String rest = "." + parts[1] + "." + parts[2];
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(
        header("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + parts[1] + ".", "alg_not_allowed");
    texts.put(header("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + rest, "alg_not_allowed");
    texts.put(header("{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}") + rest, "alg_not_allowed");
    texts.put(header("{\"alg\":\"ES256\",\"typ\":\"jwt\"}") + rest, "wrong_type");
    texts.put(header("{\"alg\":\"ES256\"}") + rest, "wrong_type");
    texts.put(header("{\"alg\":\"ES256\",\"typ\":\"txntoken+jwt\"}") + rest, "wrong_type");
    texts.put(header("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}") + rest, "bad_signature");
    texts.put(
        header("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"other\"}") + rest, "unknown_key");
    texts.put(
        header("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"crit\":[\"x\"]}") + rest,
        "unknown_credential");
    texts.put(
        header("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"b64\":false}") + rest,
        "unknown_credential");
    texts.put(parts[0] + "." + parts[1] + ".", "bad_signature");
    texts.put(parts[0] + "." + parts[1] + "." + "A".repeat(86), "bad_signature");
    texts.put(parts[0] + "." + parts[1] + "." + parts[2] + "=", "unknown_credential");
    texts.put(gat + ".", "unknown_credential");
    texts.put(gat + " ", "unknown_credential");
    texts.put("." + gat, "unknown_credential");
    texts.put(parts[0] + "." + parts[1], "unknown_credential");
    texts.put("a.b.c.d.e", "unknown_credential");
    texts.put("accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC", "unknown_credential");
    texts.put("{\"alg\":\"none\"}.{}.", "unknown_credential");
    texts.put("..", "unknown_credential");
    texts.put("x".repeat(8_193), "unknown_credential");
    texts.put(world.forged(Map.of()), "unknown_key");
    texts.put(world.job(Map.of("iss", "https://elsewhere.example")), "unknown_credential");
    texts.put(
        world.job(
            Map.of(
                "exp",
                world.now().getEpochSecond() - 60,
                "iat",
                world.now().getEpochSecond() - 90)),
        "expired");
    texts.put(world.job(Map.of("sub", "absent")), "missing_claim");
    int number = 0;
    for (Map.Entry<String, String> one : texts.entrySet()) {
      add("text " + number++, "400 invalid_request " + one.getValue(), exchange(one.getKey()));
    }
    add(
        "bearer garbage",
        "400 invalid_grant unknown_credential",
        form("grant_type", BEARER, "assertion", "a.b.c", "audience", "orders"));
    add(
        "bearer gat",
        "400 invalid_grant unknown_credential",
        form("grant_type", BEARER, "assertion", gat, "audience", "orders"));
    add("bearer nothing", "400 invalid_request missing_parameter", form("grant_type", BEARER));
    for (Object aud :
        List.of(
            GrantWorld.ISSUER + "/",
            GrantWorld.ISSUER + "/oauth2/token",
            GrantWorld.ISSUER.toUpperCase(Locale.ROOT),
            "orders",
            List.of(GrantWorld.ISSUER),
            List.of(GrantWorld.ISSUER, "orders"))) {
      add(
          "bearer for " + aud,
          "400 invalid_grant wrong_audience",
          form(
              "grant_type",
              BEARER,
              "assertion",
              world.job(Map.of("aud", aud)),
              "audience",
              "orders"));
    }
  }

  /** What a token of the issuer's own may say, and is no use with. */
  private void claims() {
    long now = world.now().getEpochSecond();
    Map<String, Object> parent = Map.of("jti", "p", "iat", now, "kid", "k", "aud", "orders");
    Map<Map<String, Object>, String> claims = new LinkedHashMap<>();
    claims.put(Map.of("exp", now), "expired");
    claims.put(Map.of("exp", now - 60, "iat", now - 90), "expired");
    claims.put(Map.of("exp", now, "iat", now), "expired");
    claims.put(Map.of("exp", now + 300, "iat", now + 60), "not_yet_valid");
    claims.put(Map.of("nbf", now + 60), "not_yet_valid");
    claims.put(Map.of("nbf", now + 3), "not_yet_valid");
    claims.put(Map.of("exp", now + 25 * 3_600), "lifetime_too_long");
    claims.put(Map.of("nbf", "soon"), "missing_claim");
    for (String name : List.of("sub", "aud", "exp", "iat", "jti", "client_id", "scope")) {
      claims.put(Map.of(name, "absent"), "missing_claim");
    }
    claims.put(Map.of("exp", "never"), "missing_claim");
    claims.put(Map.of("parents", "p"), "missing_claim");
    claims.put(Map.of("parents", parent), "missing_claim");
    claims.put(Map.of("parents", List.of("p")), "missing_claim");
    claims.put(Map.of("parents", List.of(Map.of("iat", now, "aud", "a"))), "missing_claim");
    claims.put(Map.of("parents", List.of(Map.of("jti", "p", "aud", "a"))), "missing_claim");
    claims.put(Map.of("parents", List.of(Map.of("jti", "p", "iat", now))), "missing_claim");
    claims.put(
        Map.of("parents", List.of(Map.of("jti", "p", "iat", "then", "aud", "a"))), "missing_claim");
    claims.put(
        Map.of("parents", List.of(Map.of("jti", "p", "iat", now, "aud", "a", "iss", 1))),
        "missing_claim");
    claims.put(Map.of("parents", Collections.nCopies(17, parent)), "missing_claim");
    claims.put(Map.of("parents", Collections.nCopies(4, parent)), "too_many_exchanges");
    claims.put(Map.of("cnf", Map.of("x5t#S256", "A".repeat(43))), "binding_mismatch");
    claims.put(Map.of("cnf", Map.of("jkt", "x")), "binding_mismatch");
    claims.put(Map.of("cnf", "x"), "binding_mismatch");
    claims.put(Map.of("may_act", Map.of("sub", "shop")), "actor_not_allowed");
    claims.put(Map.of("may_act", "anybody"), "actor_not_allowed");
    claims.forEach(
        (over, reason) ->
            add("claims " + over, "400 invalid_request " + reason, exchange(world.gat(over))));
    String revoked = world.gat(Map.of("jti", "revoked"));
    world.revoke(new Selector.ByJti("revoked"));
    add("a revoked gat", "400 invalid_request revoked", exchange(revoked));
    add(
        "a child of a revoked gat",
        "400 invalid_request revoked",
        exchange(
            world.gat(
                Map.of(
                    "parents",
                    List.of(Map.of("jti", "revoked", "iat", now, "kid", "k", "aud", "orders"))))));
  }

  private String told(HttpRequest request) throws Exception {
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    JsonNode json = IssuerWorld.json(answer.body());
    if (answer.statusCode() == 401) {
      assertTrue(
          answer.headers().firstValue("www-authenticate").orElse("").startsWith("Basic "),
          answer::toString);
    }
    if (answer.statusCode() == 429 || answer.statusCode() == 503) {
      assertTrue(answer.headers().firstValueAsLong("retry-after").orElse(0) > 0, answer::toString);
    }
    if (json.has("reason")) {
      assertEquals("no-store", answer.headers().firstValue("cache-control").orElse(""));
      assertTrue(
          json.path("error_description").asText().chars().allMatch(c -> c >= 0x20 && c < 0x7f),
          answer.body());
      assertFalse(json.path("request_id").asText().isEmpty());
    }
    assertFalse(answer.body().contains("eyJ"), "no token is repeated");
    return answer.statusCode()
        + " "
        + json.path("error").asText()
        + " "
        + json.path("reason").asText("null");
  }

  @Test
  void eachGetsItsOwnErrorAndNoneAToken() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (Map.Entry<String, Hostile> one : all.entrySet()) {
      String told = told(one.getValue().request());
      if (!told.equals(one.getValue().expected())) {
        wrong.put(one.getKey(), told + " instead of " + one.getValue().expected());
      }
    }
    assertEquals(Map.of(), wrong);
    assertTrue(all.size() >= AT_LEAST, all.size() + " requests");
    assertEquals(List.of(), world.audit.events(), "nothing was issued");
    assertEquals(
        200,
        http.send(
                to("/oauth2/token")
                    .header("content-type", FORM + "; charset=UTF-8")
                    .header("authorization", basic())
                    .POST(
                        BodyPublishers.ofString(
                            "grant_type=client_credentials&audience=orders&scope=orders:read"))
                    .build(),
                BodyHandlers.ofString())
            .statusCode(),
        "and a good one gets one");
  }
}
