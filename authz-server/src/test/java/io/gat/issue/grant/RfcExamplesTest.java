package io.gat.issue.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gat.issue.caller.Shown;
import io.gat.token.SignedToken;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests and answers as the RFCs print them, line breaks for display taken out. Where an example
 * has a token that somebody else has signed, one that this issuer can verify stands in its place.
 */
final class RfcExamplesTest {
  private static final String RS08 = "Basic cnMwODpsb25nLXNlY3VyZS1yYW5kb20tc2VjcmV0";

  private final GrantWorld world = new GrantWorld();

  @AfterEach
  void close() {
    world.close();
  }

  private static FormParameters form(String text) {
    return GrantWorld.call(text, List.of()).parameters();
  }

  private static Shown shown(String form, String... authorization) {
    return ClientAuthentication.read(GrantWorld.call(form, List.of(), authorization))
        .value()
        .orElseThrow();
  }

  private static TokenRequest read(String form) {
    return TokenRequestReader.read(form(form)).value();
  }

  private static void assertClient(Shown shown, String id, String secret) {
    Shown.ClientSecret read = assertInstanceOf(Shown.ClientSecret.class, shown);
    assertEquals(id, read.client());
    assertEquals(secret, read.secret().reveal());
  }

  /** RFC 6749, section 2.3.1: Basic, and the same in the form. */
  @Test
  void rfc6749ClientPassword() {
    assertClient(
        shown("", "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"),
        "s6BhdRkqt3",
        "7Fjfp0ZBr1KtDRbnfVdmIw");
    assertClient(
        shown(
            "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA"
                + "&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw"),
        "s6BhdRkqt3",
        "7Fjfp0ZBr1KtDRbnfVdmIw");
  }

  /** RFC 6749, section 4.4.2. */
  @Test
  void rfc6749ClientCredentials() {
    assertClient(
        shown("grant_type=client_credentials", "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"),
        "s6BhdRkqt3",
        "gX1fBat3bV");
    assertInstanceOf(TokenRequest.ClientCredentials.class, read("grant_type=client_credentials"));
  }

  /** RFC 6749, section 5.1: the members of a token response. */
  @Test
  void rfc6749TokenResponse() throws Exception {
    Reply.Granted granted =
        assertInstanceOf(
            Reply.Granted.class,
            world.ask(
                "grant_type=client_credentials&audience=orders&scope=orders%3Aread",
                "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"));
    JsonNode json = new ObjectMapper().readTree(GrantJson.of(granted));
    assertEquals("Bearer", json.path("token_type").asText());
    assertEquals(granted.expiresIn().toSeconds(), json.path("expires_in").asLong());
    assertEquals("orders:read", json.path("scope").asText());
    assertEquals("s6BhdRkqt3", world.read(json.path("access_token").asText()).subject());
    assertEquals(4, json.size(), json::toString);
  }

  /** RFC 6749, section 5.2. */
  @Test
  void rfc6749ErrorResponse() throws Exception {
    JsonNode json =
        new ObjectMapper()
            .readTree(GrantJson.error("invalid_request", "missing_parameter", "a \"b\" \\ ü", "r"));
    assertEquals("invalid_request", json.path("error").asText());
    assertEquals("a 'b' ' ?", json.path("error_description").asText());
  }

  /** RFC 6749, appendix B: space, %, &amp;, +, £ and €. */
  @Test
  void rfc6749Encoding() {
    assertEquals(
        Optional.of(" %&+\u00a3\u20ac"), FormParameters.decode("+%25%26%2B%C2%A3%E2%82%AC"));
  }

  /** RFC 7523, section 2.1; the assertion is the RFC's, with what it omits. */
  @Test
  void rfc7523Grant() {
    TokenRequest.JwtBearer read =
        assertInstanceOf(
            TokenRequest.JwtBearer.class,
            read(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                    + "&assertion=eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.eyJpc3Mi.J9l-ZhwP"));
    assertEquals(
        "eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.eyJpc3Mi.J9l-ZhwP", read.assertion().reveal());
  }

  /** RFC 7523, section 2.2. */
  @Test
  void rfc7523ClientAuthentication() {
    Shown.Assertion shown =
        assertInstanceOf(
            Shown.Assertion.class,
            shown(
                "grant_type=authorization_code&code=n0esc3NRze7LTCu7iYzS6a5acc3f0ogp4"
                    + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                    + "&client_assertion=eyJhbGciOiJSUzI1NiIsImtpZCI6IjIyIn0.eyJpc3Mi.cC4hiUPo"));
    assertEquals("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", shown.type());
    assertEquals("eyJhbGciOiJSUzI1NiIsImtpZCI6IjIyIn0.eyJpc3Mi.cC4hiUPo", shown.compact().reveal());
  }

  /** RFC 8693, section 2.3: the request, and the members of its answer. */
  @Test
  void rfc8693Exchange() throws Exception {
    String form =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
            + "&resource=https%3A%2F%2Fbackend.example.com%2Fapi"
            + "&subject_token=accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC"
            + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token";
    assertClient(shown(form, RS08), "rs08", "long-secure-random-secret");
    TokenRequest.Exchange read = assertInstanceOf(TokenRequest.Exchange.class, read(form));
    assertEquals(Optional.of("https://backend.example.com/api"), read.wish().target());
    assertEquals("accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC", read.subject().reveal());
    assertEquals("urn:ietf:params:oauth:token-type:access_token", read.subjectType());
    assertEquals(Optional.empty(), read.actor());
    Reply.Granted granted =
        assertInstanceOf(
            Reply.Granted.class,
            world.ask(
                form.replace("backend.example.com%2Fapi", "orders.example%2Fapi")
                        .replace("accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC", world.gat(Map.of()))
                    + "&scope=orders%3Aread",
                GrantWorld.basic()));
    JsonNode json = new ObjectMapper().readTree(GrantJson.of(granted));
    assertEquals(
        "urn:ietf:params:oauth:token-type:access_token", json.path("issued_token_type").asText());
    assertEquals("Bearer", json.path("token_type").asText());
    SignedToken token = world.read(json.path("access_token").asText());
    assertEquals(List.of("https://orders.example/api"), token.audiences());
  }

  /** RFC 8693, appendix A.2: with an actor token. */
  @Test
  void rfc8693Delegation() {
    TokenRequest.Exchange read =
        assertInstanceOf(
            TokenRequest.Exchange.class,
            read(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
                    + "&audience=https%3A%2F%2Fbackend.example.com%2Fapi"
                    + "&subject_token=eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.eyJhdWQi.4rPRSWih"
                    + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"
                    + "&actor_token=eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.eyJhdWQi.7YQ-3zPf"
                    + "&actor_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"));
    TokenRequest.ActorToken actor = read.actor().orElseThrow();
    assertEquals("eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.eyJhdWQi.7YQ-3zPf", actor.token().reveal());
    assertEquals("urn:ietf:params:oauth:token-type:jwt", actor.type());
  }

  /** RFC 8693, section 4.1, figure 6: service77 acted first, service16 acts now. */
  @Test
  void rfc8693ActChain() {
    Map<String, Object> before = Map.of("sub", "https://service77.example.com");
    String subject = world.gat(Map.of("sub", "user@example.com", "act", before));
    String form =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
            + "&audience=orders&scope=orders%3Aread"
            + "&subject_token="
            + subject
            + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"
            + "&actor_token="
            + world.job(Map.of("sub", "https://service16.example.com"))
            + "&actor_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt";
    SignedToken token =
        world.read(assertInstanceOf(Reply.Granted.class, world.ask(form)).token().compact());
    assertEquals("user@example.com", token.subject());
    assertEquals(
        Map.of("sub", "https://service16.example.com", "act", before), token.claims().get("act"));
  }

  /** RFC 8693, section 4.4: only the admin may act for the user. */
  @Test
  void rfc8693MayAct() {
    String subject =
        world.gat(Map.of("sub", "user@example.net", "may_act", Map.of("sub", "admin@example.net")));
    for (String actor : List.of("admin@example.net", "intern@example.net")) {
      Reply reply =
          world.ask(
              "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
                  + "&audience=orders&scope=orders%3Aread"
                  + "&subject_token="
                  + subject
                  + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"
                  + "&actor_token="
                  + world.job(Map.of("sub", actor))
                  + "&actor_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt");
      assertEquals(actor.startsWith("admin"), reply instanceof Reply.Granted, reply::toString);
    }
  }

  /** RFC 8707, section 2.2, figure 3. */
  @Test
  void rfc8707Resource() {
    assertEquals(
        Optional.of("https://cal.example.com/"),
        read("grant_type=client_credentials" + "&resource=https%3A%2F%2Fcal.example.com%2F")
            .wish()
            .target());
  }

  /** RFC 7662, section 2.1, with Basic; a token that nobody knows (section 2.2, figure 2). */
  @Test
  void rfc7662Introspection() {
    assertEquals(
        "{\"active\":false}",
        assertInstanceOf(
                Introspection.Answer.Told.class,
                world.introspection.answer(
                    GrantWorld.call(
                        "token=mF_9.B5f-4.1JqM&token_type_hint=access_token",
                        List.of(),
                        "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3")))
            .json());
  }

  /** RFC 8414, section 3.1: where an issuer's path goes. */
  @ParameterizedTest
  @CsvSource({
    "https://example.com, /.well-known/oauth-authorization-server, https://example.com/oauth2/token",
    "https://example.com/, /.well-known/oauth-authorization-server, https://example.com/oauth2/token",
    "https://example.com/issuer1, /.well-known/oauth-authorization-server/issuer1,"
        + " https://example.com/issuer1/oauth2/token",
    "https://example.com/a/b/, /.well-known/oauth-authorization-server/a/b,"
        + " https://example.com/a/b/oauth2/token",
  })
  void rfc8414Metadata(String issuer, String path, String token) throws Exception {
    ServerMetadata metadata = new ServerMetadata(issuer);
    assertEquals(path, metadata.path());
    JsonNode json = new ObjectMapper().readTree(metadata.json());
    assertEquals(issuer, json.path("issuer").asText());
    assertEquals(token, json.path("token_endpoint").asText());
    assertEquals(0, json.path("response_types_supported").size());
    assertEquals(3, json.path("grant_types_supported").size());
  }
}
