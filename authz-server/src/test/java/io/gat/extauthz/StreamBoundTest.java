package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bound of a stream, as Envoy is told it, and which calls ask for an upgrade. */
class StreamBoundTest {
  private static final String DURATION = "x-envoy-upstream-stream-duration-ms";

  private final ContractWorld world = new ContractWorld();
  private final AuthorizationService service = world.service();

  private static AttributeContext.HttpRequest.Builder http(String method, String path) {
    return AttributeContext.HttpRequest.newBuilder()
        .setMethod(method)
        .setHost("127.0.0.1")
        .setPath(path);
  }

  private CheckResponse answer(AttributeContext.HttpRequest.Builder http) {
    return service.answer(
        CheckRequest.newBuilder()
            .setAttributes(
                AttributeContext.newBuilder()
                    .setRequest(AttributeContext.Request.newBuilder().setHttp(http)))
            .build());
  }

  private AttributeContext.HttpRequest.Builder withToken(String path, TokenDraft token) {
    return http("GET", path)
        .putHeaders("authorization", token.bearer().substring("authorization: ".length()));
  }

  private static List<String> bounds(CheckResponse response) {
    assertTrue(response.hasOkResponse(), response::toString);
    return response.getOkResponse().getHeadersList().stream()
        .map(option -> option.getHeader())
        .filter(header -> header.getKey().equals(DURATION))
        .map(HeaderValue::getValue)
        .toList();
  }

  private static String reason(CheckResponse response) {
    return response
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  @Test
  void boundIsTheRulesWhereTheTokenLivesLonger() {
    CheckResponse response =
        answer(withToken("/short", world.token()).putHeaders(DURATION, "999999"));

    assertEquals(List.of("1000"), bounds(response));
    assertTrue(
        response.getOkResponse().getHeadersToRemoveList().stream().noneMatch(DURATION::equals));
  }

  @Test
  void boundIsTheTokensRestWhereThatIsShorter() {
    List<String> bounds = bounds(answer(withToken("/long", world.token().time("exp", 30))));

    assertEquals(1, bounds.size());
    long millis = Long.parseLong(bounds.getFirst());
    assertTrue(millis >= 1 && millis <= 30_000, bounds::toString);
  }

  /** Accepted by the leeway alone: nothing is left, and 0 would be no bound to Envoy. */
  @Test
  void boundIsNeverNothing() {
    assertEquals(
        List.of("1"),
        bounds(answer(withToken("/long", world.token().time("iat", -60).time("exp", -1)))));
  }

  @Test
  void publicRuleHasItsOwnBound() {
    assertEquals(List.of("300000"), bounds(answer(http("GET", "/open"))));
  }

  @Test
  void withoutABoundTheCallersIsRemoved() {
    CheckResponse response = answer(http("GET", "/feed").putHeaders(DURATION, "5"));

    assertEquals(List.of(), bounds(response));
    assertTrue(response.getOkResponse().getHeadersToRemoveList().contains(DURATION));
  }

  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource({
    "/open,upgrade,websocket,condition_false",
    "/open,Upgrade,h2c,condition_false",
    "/open,upgrade,'',condition_false",
    "/open,:protocol,websocket,condition_false",
    "/feed,upgrade,websocket,ok",
    "/feed,:protocol,websocket,ok",
    "/open,connection,upgrade,ok",
    "/open,:protocol,'',ok",
  })
  void tellsWhoAsksForAnUpgrade(String path, String header, String value, String reason) {
    assertEquals(reason, reason(answer(http("GET", path).putHeaders(header, value))));
  }

  /** Token and scopes come first: who may not come at all learns nothing of the rule. */
  @Test
  void upgradeIsJudgedAfterTheToken() {
    assertEquals(
        "no_token", reason(answer(http("GET", "/plain").putHeaders("upgrade", "websocket"))));
    assertEquals(
        "insufficient_scope",
        reason(
            answer(
                withToken("/plain", world.token().claim("scope", "other"))
                    .putHeaders("upgrade", "websocket"))));
    assertEquals(
        "condition_false",
        reason(answer(withToken("/plain", world.token()).putHeaders("upgrade", "websocket"))));
  }
}
