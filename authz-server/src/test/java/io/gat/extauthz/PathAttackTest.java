package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.RawHttp;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths and hosts that once were one thing for an authorization server and another for the service
 * behind it, sent through a real Envoy.
 *
 * <p>The service {@code broad} has a rule for everything, so that a path which slips past the rule
 * that is meant for it would be let in by the broad one, as at the peers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PathAttackTest {
  private static final String BROAD = "host: broad.example";
  private static final Pattern SEEN = Pattern.compile("^[A-Z]+ (\\S+) HTTP/1.1\r\n");

  private final ContractWorld world = new ContractWorld();
  private final AuthorizationService service = world.service();
  private Gate gate;

  @BeforeAll
  void open() throws Exception {
    gate = Gate.open(EnvoyTemplate.shipped().showingMetadata(), service);
  }

  @AfterAll
  void close() throws Exception {
    gate.close();
  }

  /** Neither answered by the service, nor by a rule that is not meant for the path. */
  private void assertKeptOut(String target) throws IOException {
    RawHttp.Response response = gate.get(target, BROAD, world.token().bearer());
    assertTrue(
        response.status() == 400 || response.status() == 403 || response.status() == 404,
        () -> target + " → " + response);
  }

  /** Without a token nothing but the open part may be reached. */
  private void assertNotOpen(String target) throws IOException {
    RawHttp.Response response = gate.get(target, BROAD);
    assertTrue(
        response.status() >= 400 && response.status() < 500, () -> target + " → " + response);
  }

  @Test
  void theRulesHoldForPlainPaths() throws IOException {
    assertEquals(200, gate.get("/else", BROAD, world.token().bearer()).status());
    assertEquals(200, gate.get("/open/x", BROAD).status());
    assertEquals(403, gate.get("/admin/x", BROAD, world.token().bearer()).status());
    assertEquals(403, gate.get("/users/7", BROAD, world.token().bearer()).status());
  }

  /** Envoy CVE-2021-32779: Envoy kept {@code #fragment} in the path, the service dropped it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/admin/x#", "/admin#/../open/x", "/admin/x#?a", "/open/..#/admin/x", "/admin#"})
  void aFragmentHidesNoPath(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  /**
   * Heimdall CVE-2026-32811: the query came with the path, was encoded into it, and a rule for the
   * path no longer matched.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"/users/7?", "/users/7?a=b", "/users/7?a=/open/x", "/admin/x??", "/users/7?#"})
  void aQueryIsNoPartOfThePath(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  @Test
  void anEncodedQuestionMarkIsPartOfItsSegment() throws IOException {
    assertEquals(403, gate.get("/users/7%3Fa=b", BROAD, world.token().bearer()).status());
  }

  /** OPA-Envoy CVE-2026-26205: two leading slashes made the first segment an authority. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "//admin/x",
        "///admin/x",
        "//broad.example/admin/x",
        "/admin//x",
        "//open/x/../../admin/x",
        "http://broad.example//admin/x"
      })
  void doubledSlashesDropNoSegment(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  /**
   * Oathkeeper CVE-2026-33494 and Heimdall CVE-2026-42274: rules matched before dot segments went.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/../admin/x",
        "/open/./../admin/x",
        "/open/%2e%2e/admin/x",
        "/open/%2E%2E/admin/x",
        "/open/.%2e/admin/x",
        "/open/..%2fadmin/x",
        "/open/..%5cadmin/x",
        "/open/..\\admin/x",
        "/open/%252e%252e/admin/x",
        "/open/..;/admin/x",
        "/open/...//../admin/x"
      })
  void dotSegmentsLeadNowhere(String target) throws IOException {
    for (RawHttp.Response response :
        List.of(gate.get(target, BROAD), gate.get(target, BROAD, world.token().bearer()))) {
      // Envoy may resolve them itself; then gat has judged what the service sees.
      assertTrue(
          response.status() != 200
              || !upstreamPath(response).matches("(?i).*(admin|%2e|\\\\.\\\\.|//).*"),
          () -> target + " → " + response);
    }
  }

  private static String upstreamPath(RawHttp.Response response) {
    Matcher line = SEEN.matcher(response.body());
    assertTrue(line.find(), response.body());
    return line.group(1);
  }

  /** Heimdall CVE-2026-42272: {@code %2F} was refused and {@code %2f} was not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/admin%2fx",
        "/admin%2Fx",
        "/admin%5cx",
        "/admin%5Cx",
        "/admin\\x",
        "/open%2f..%2fadmin"
      })
  void encodedSlashesAreUnclear(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  /** What is decoded twice somewhere is read by nobody here. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/%2561dmin/x", "/open/%252e%252e%252fadmin", "/admin%252fx", "/%25%36%31dmin/x"})
  void twiceEncodedIsUnclear(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  /**
   * Servlet containers drop {@code ;name=value} from a segment (the Spring and Tomcat bypasses).
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"/admin;a=b/x", "/admin/x;", "/open/;/../admin/x", "/admin%3b/x", "/;/admin/x"})
  void pathParametersAreUnclear(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/admin%00/x",
        "/admin%0d%0ax",
        "/admin/x%7f",
        "/%c0%afadmin/x",
        "/%e0%80%afadmin",
        "/admin/%ff",
        "/admin/%u0078",
        "/admin/%",
        "/admin/%zz",
        "/admin/%2"
      })
  void bytesThatAreNoTextAreUnclear(String target) throws IOException {
    assertKeptOut(target);
    assertNotOpen(target);
  }

  @Test
  void encodedLettersAreThoseLetters() throws IOException {
    assertKeptOut("/%61dmin/x");
    assertKeptOut("/adm%69n/x");
    assertNotOpen("/%6fpen%2fx");
  }

  /**
   * grpc-go CVE-2026-33186: a path without its leading slash reached the method and missed the deny
   * rule. An Envoy refuses such a path; whatever else asks gat gets 400.
   */
  @ParameterizedTest
  @ValueSource(strings = {"shop.v1.Admin/Delete", "admin/x", "*", "broad.example/admin/x", ""})
  void aPathWithoutItsSlashIsUnclear(String path) {
    CheckResponse answer = service.answer(check("POST", "broad.example", path));
    assertEquals(400, answer.getDeniedResponse().getStatus().getCodeValue(), answer::toString);
  }

  @Test
  void theGrpcMethodIsDeniedByItsOwnPath() {
    CheckResponse answer = service.answer(check("POST", "broad.example", "/shop.v1.Admin/Delete"));
    assertEquals(403, answer.getDeniedResponse().getStatus().getCodeValue());
  }

  private static CheckRequest check(String method, String host, String path) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod(method)
                                .setHost(host)
                                .setPath(path))))
        .build();
  }

  /** A host has no case, and its port is not of its name. */
  @ParameterizedTest
  @ValueSource(
      strings = {"BROAD.example", "broad.EXAMPLE:80", "broad.example:8080", "broad.example."})
  void theHostIsTheSameInAnySpelling(String host) throws IOException {
    RawHttp.Response response = gate.get("/admin/x", "host: " + host, world.token().bearer());
    assertTrue(response.status() == 403 || response.status() == 400, response::toString);
    assertFalse(response.body().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders.example, broad.example",
        "broad.example/orders.example",
        "orders.example@broad.example",
        "broad.example#orders.example",
        "broad.example orders.example",
        "[broad.example]",
        "broad..example"
      })
  void aHostThatIsNoneIsNobodys(String host) throws IOException {
    RawHttp.Response response = gate.get("/open/x", "host: " + host);
    assertTrue(response.status() == 400 || response.status() == 403, response::toString);
  }

  @Test
  void twoHostsAreOneTooMany() throws IOException {
    RawHttp.Response response =
        gate.get("/open/x", BROAD, "host: orders.example", world.token().bearer());
    assertEquals(400, response.status(), response::toString);
  }

  @Test
  void anAbsoluteTargetDoesNotChooseAnotherService() throws IOException {
    RawHttp.Response response =
        gate.get("http://orders.example/open/x", BROAD, world.token().bearer());
    assertTrue(response.status() == 403 || response.status() == 400, response::toString);
  }
}
