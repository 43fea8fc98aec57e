package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.WhenStale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service's own {@code upstream:} beside what the server is configured to do. */
class UpstreamChoiceTest {
  private final ContractWorld world = new ContractWorld();

  @ParameterizedTest(name = "configured {0} and {1}, {2} gets headers: {3}, token: {4}")
  @CsvSource({
    "SEND,BY_CREDENTIAL,orders.example,true,false",
    "SEND,KEEP,orders.example,true,true",
    "OMIT,REMOVE,orders.example,false,false",
    // {headers: false, forward-token: true}
    "SEND,BY_CREDENTIAL,shy.example,false,true",
    "SEND,REMOVE,shy.example,false,true",
    "OMIT,KEEP,shy.example,false,true",
    // {headers: true}: the token as configured
    "OMIT,KEEP,curious.example,true,true",
    "OMIT,BY_CREDENTIAL,curious.example,true,false",
    // {forward-token: false}: the headers as configured
    "SEND,KEEP,careful.example,true,false",
    "OMIT,KEEP,careful.example,false,false",
  })
  void serviceOverridesTheConfiguration(
      UpstreamHeaders.Identity identity,
      UpstreamHeaders.Token token,
      String host,
      boolean headers,
      boolean kept) {
    AuthorizationService service =
        world.service(
            "",
            WhenStale.ERROR,
            new UpstreamHeaders(identity, token, UpstreamHeaders.Correlation.OMIT));
    CheckResponse answer = service.answer(call(host));
    assertTrue(answer.hasOkResponse(), answer::toString);
    OkHttpResponse ok = answer.getOkResponse();
    assertEquals(
        headers,
        ok.getHeadersList().stream().anyMatch(h -> h.getHeader().getKey().equals("x-gat-subject")));
    // What the caller sent under gat's names never reaches the service.
    assertEquals(!headers, ok.getHeadersToRemoveList().contains("x-gat-subject"));
    assertEquals(!kept, ok.getHeadersToRemoveList().contains("authorization"));
  }

  private CheckRequest call(String host) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("GET")
                                .setHost(host)
                                .setPath("/v1/orders/1")
                                .putHeaders("x-gat-subject", "mallory")
                                .putHeaders("authorization", "Bearer " + world.token().compact()))))
        .build();
  }
}
