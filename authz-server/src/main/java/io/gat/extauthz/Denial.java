package io.gat.extauthz;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.gat.decide.Decision;
import io.gat.decide.Reason;

/** What the caller of a denied or unanswered call gets, as Envoy takes it. */
final class Denial {
  private static final HeaderValueOption JSON = header("content-type", "application/json");
  private static final HeaderValueOption RETRY = header("retry-after", "1");

  private Denial() {}

  static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  static DeniedHttpResponse of(Decision.Deny denied) {
    Reason reason = denied.reason();
    DeniedHttpResponse.Builder response = plain(reason, denied.facts().request().requestId());
    String challenge = DenialText.challenge(denied);
    return challenge.isEmpty()
        ? response.build()
        : response.addHeaders(header("www-authenticate", challenge)).build();
  }

  static DeniedHttpResponse of(Decision.Failed failed) {
    return plain(failed.reason(), failed.facts().request().requestId()).build();
  }

  /** An answer without a challenge. */
  static DeniedHttpResponse.Builder plain(Reason reason, String requestId) {
    DeniedHttpResponse.Builder response =
        DeniedHttpResponse.newBuilder()
            .setStatus(HttpStatus.newBuilder().setCode(status(reason)))
            .addHeaders(JSON)
            .setBody(DenialText.body(reason, requestId));
    return reason.status() == 503 ? response.addHeaders(RETRY) : response;
  }

  private static StatusCode status(Reason reason) {
    StatusCode code = StatusCode.forNumber(reason.status());
    if (code == null) {
      throw new AssertionError("Envoy knows every status that gat answers");
    }
    return code;
  }
}
