package io.gat.extauthz;

import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.gat.call.AnswerForm;
import io.gat.call.Header;
import io.gat.call.HeaderBudget;
import io.gat.call.HeaderChanges;
import io.gat.call.Passage;
import io.gat.call.Refusal;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Decision;
import io.gat.policy.Ambiguity;
import java.util.Objects;
import java.util.Optional;

/**
 * Maps a {@link Decision} to Envoy's {@code CheckResponse} (DESIGN.md, section 8).
 *
 * <p>A denial is Envoy's {@code denied_response}. Where gat has no answer, the response is an
 * <em>error</em>: status {@code UNAVAILABLE} and {@code error_response}, so that Envoy's own
 * failure mode applies and the caller still learns why. An Envoy that does not know {@code
 * error_response} sees a status that is not OK and denies.
 */
public final class CheckResponseMapper implements AnswerForm<CheckResponse> {
  /** {@code CheckResponse.error_response}, a {@code DeniedHttpResponse}; this Java API lacks it. */
  public static final int ERROR_RESPONSE = 5;

  private static final Status OK = status(Code.OK);
  private static final Status UNAUTHENTICATED = status(Code.UNAUTHENTICATED);
  private static final Status PERMISSION_DENIED = status(Code.PERMISSION_DENIED);
  private static final Status UNAVAILABLE = status(Code.UNAVAILABLE);

  /** The last resort: an error without facts. */
  static final CheckResponse INTERNAL_ERROR = error(Refusal.internalError()).build();

  private final Passage passage;
  private final HeaderBudget budget;

  /** Maps for an Envoy with its default limits. */
  public CheckResponseMapper(UpstreamHeaders upstream) {
    this(upstream, HeaderBudget.standard());
  }

  public CheckResponseMapper(UpstreamHeaders upstream, HeaderBudget budget) {
    this.passage = new Passage(upstream, budget);
    this.budget = Objects.requireNonNull(budget);
  }

  /** It can carry whatever has room. */
  @Override
  public Optional<Ambiguity> hindrance(Decision.Allow allowed) {
    return Optional.empty();
  }

  @Override
  public CheckResponse internalError() {
    return INTERNAL_ERROR;
  }

  @Override
  public CheckResponse of(Decision decision) {
    CheckResponse.Builder response =
        switch (decision) {
          case Decision.Allow allowed ->
              CheckResponse.newBuilder().setStatus(OK).setOkResponse(ok(passage.of(allowed)));
          case Decision.Deny denied ->
              CheckResponse.newBuilder()
                  .setStatus(denied.reason().status() == 401 ? UNAUTHENTICATED : PERMISSION_DENIED)
                  .setDeniedResponse(denied(Refusal.of(denied, budget)));
          case Decision.Failed failed -> error(Refusal.of(failed));
        };
    return response.setDynamicMetadata(DecisionMetadata.of(decision)).build();
  }

  private static OkHttpResponse ok(HeaderChanges changes) {
    OkHttpResponse.Builder response = OkHttpResponse.newBuilder();
    for (int i = 0; i < changes.set().size(); i++) {
      response.addHeaders(option(changes.set().get(i)));
    }
    for (int i = 0; i < changes.forCaller().size(); i++) {
      response.addResponseHeadersToAdd(option(changes.forCaller().get(i)));
    }
    return response
        .addAllHeadersToRemove(changes.remove())
        .addAllQueryParametersToRemove(changes.removeQuery())
        .build();
  }

  private static DeniedHttpResponse denied(Refusal refusal) {
    DeniedHttpResponse.Builder response =
        DeniedHttpResponse.newBuilder()
            .setStatus(HttpStatus.newBuilder().setCodeValue(refusal.status()))
            .setBody(refusal.body());
    for (int i = 0; i < refusal.headers().size(); i++) {
      response.addHeaders(option(refusal.headers().get(i)));
    }
    return response.build();
  }

  /** The old {@code append} stays unset: Envoy would put its meaning before the action's. */
  private static HeaderValueOption option(Header header) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(header.name()).setValue(header.value()))
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  private static CheckResponse.Builder error(Refusal refusal) {
    return CheckResponse.newBuilder()
        .setStatus(UNAVAILABLE)
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    ERROR_RESPONSE,
                    UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(denied(refusal).toByteString())
                        .build())
                .build());
  }

  private static Status status(Code code) {
    return Status.newBuilder().setCode(code.getNumber()).build();
  }
}
