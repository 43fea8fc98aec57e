package io.gat.perf;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;

/** A check as Envoy sends it. */
final class EnvoyMessage {
  private EnvoyMessage() {}

  /** A call with this token, for which {@code perf/lib.sh} has a rule. */
  static byte[] withToken(String token) {
    HeaderMap.Builder headers = HeaderMap.newBuilder();
    String[] all = {
      ":authority",
      "orders.perf.example",
      ":path",
      "/v1/orders/a-1",
      ":method",
      "GET",
      ":scheme",
      "http",
      "user-agent",
      "perf/1",
      "accept",
      "*/*",
      "x-forwarded-proto",
      "http",
      "x-request-id",
      "0f2b7c9e-1111-4222-8333-444455556666",
      "authorization",
      "Bearer " + token,
    };
    for (int i = 0; i < all.length; i += 2) {
      headers.addHeaders(
          HeaderValue.newBuilder().setKey(all[i]).setRawValue(ByteString.copyFromUtf8(all[i + 1])));
    }
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setId("1")
                                .setMethod("GET")
                                .setHost("orders.perf.example")
                                .setPath("/v1/orders/a-1")
                                .setScheme("http")
                                .setProtocol("HTTP/1.1")
                                .setSize(-1)
                                .setHeaderMap(headers))))
        .build()
        .toByteArray();
  }
}
