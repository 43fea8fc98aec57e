package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.rpc.Code;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Decision;
import io.gat.decide.Reason;
import io.gat.decide.WhenStale;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthorizationServiceTest {
  private final ContractWorld world = new ContractWorld();
  private final List<Decision> observed = new ArrayList<>();

  private static CheckRequest order(String token) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setId("stream-\"1\"")
                                .setMethod("GET")
                                .setHost("orders.example")
                                .setPath("/v1/orders/1")
                                .putHeaders("authorization", "Bearer " + token))))
        .build();
  }

  private AuthorizationService observedService() {
    return world.service(
        "",
        WhenStale.ERROR,
        UpstreamHeaders.standard(),
        (decision, took) -> observed.add(decision));
  }

  private static DeniedHttpResponse errorResponse(CheckResponse answer)
      throws InvalidProtocolBufferException {
    List<ByteString> fields =
        answer
            .getUnknownFields()
            .getField(CheckResponseMapper.ERROR_RESPONSE)
            .getLengthDelimitedList();
    assertEquals(1, fields.size());
    return DeniedHttpResponse.parseFrom(fields.getFirst());
  }

  @Test
  void answersABugAsAnError() throws Exception {
    CheckResponse answer = observedService().answer(order(ContractWorld.BREAKS_GAT));

    assertEquals(Code.UNAVAILABLE_VALUE, answer.getStatus().getCode());
    assertFalse(answer.hasOkResponse());
    assertFalse(answer.hasDeniedResponse());
    DeniedHttpResponse error = errorResponse(answer);
    assertEquals(503, error.getStatus().getCodeValue());
    assertEquals(
        "{\"error\":\"unavailable\",\"reason\":\"internal_error\","
            + "\"request_id\":\"stream-\\\"1\\\"\"}",
        error.getBody());
    assertEquals(List.of(Reason.INTERNAL_ERROR), observed.stream().map(Decision::reason).toList());
  }

  @Test
  void theLastResortIsAnErrorToo() throws Exception {
    CheckResponse answer = CheckResponseMapper.INTERNAL_ERROR;

    assertEquals(Code.UNAVAILABLE_VALUE, answer.getStatus().getCode());
    assertEquals(503, errorResponse(answer).getStatus().getCodeValue());
  }

  @Test
  void observesEveryDecisionOnce() {
    AuthorizationService service = observedService();

    service.answer(order(world.token().compact()));
    service.answer(order("abc"));

    assertEquals(
        List.of(Reason.OK, Reason.MALFORMED_TOKEN),
        observed.stream().map(Decision::reason).toList());
  }

  @Test
  void aBrokenObserverChangesNoAnswer() {
    AuthorizationService service =
        world.service(
            "",
            WhenStale.ERROR,
            UpstreamHeaders.standard(),
            (decision, took) -> {
              throw new IllegalStateException("broken for the test");
            });

    assertTrue(service.answer(order(world.token().compact())).hasOkResponse());
    assertEquals(Code.UNAUTHENTICATED_VALUE, service.answer(order("abc")).getStatus().getCode());
  }

  @Test
  void aDenialOfWhatNobodyCanJudgeIsNoError() {
    CheckResponse answer =
        observedService().answer(order(world.token(ContractWorld.WITHOUT_KEYS).compact()));

    assertEquals(Code.PERMISSION_DENIED_VALUE, answer.getStatus().getCode());
    assertEquals(503, answer.getDeniedResponse().getStatus().getCodeValue());
  }

  @Test
  void anUnpairedSurrogateInAClaimIsRepaired() throws Exception {
    CheckResponse answer =
        observedService().answer(order(world.token().claim("sub", "a\ud800b").compact()));

    CheckResponse read = CheckResponse.parseFrom(answer.toByteArray());
    String subject =
        read.getDynamicMetadata()
            .getFieldsOrThrow("gat")
            .getStructValue()
            .getFieldsOrDefault("subject", Value.getDefaultInstance())
            .getStringValue();
    assertFalse(subject.chars().anyMatch(c -> c >= 0xd800 && c < 0xe000), subject);
  }
}
