package io.gat.extauthz;

import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.gat.decide.Decision;
import io.gat.decide.Reason;

/**
 * Maps a {@link Decision} to Envoy's {@code CheckResponse} (DESIGN.md, section 8).
 *
 * <p>A denial is Envoy's {@code denied_response}. Where gat has no answer, the response is an
 * <em>error</em>: status {@code UNAVAILABLE} and {@code error_response}, so that Envoy's own
 * failure mode applies and the caller still learns why. An Envoy that does not know {@code
 * error_response} sees a status that is not OK and denies.
 */
public final class CheckResponseMapper {
  /** {@code CheckResponse.error_response}, a {@code DeniedHttpResponse}; this Java API lacks it. */
  public static final int ERROR_RESPONSE = 5;

  private static final Status OK = status(Code.OK);
  private static final Status UNAUTHENTICATED = status(Code.UNAUTHENTICATED);
  private static final Status PERMISSION_DENIED = status(Code.PERMISSION_DENIED);
  private static final Status UNAVAILABLE = status(Code.UNAVAILABLE);

  /** The last resort: an error without facts. */
  static final CheckResponse INTERNAL_ERROR =
      error(Denial.plain(Reason.INTERNAL_ERROR, "").build()).build();

  private final Passage passage;

  public CheckResponseMapper(UpstreamHeaders upstream) {
    this.passage = new Passage(upstream);
  }

  /** Maps one decision. */
  public CheckResponse map(Decision decision) {
    CheckResponse.Builder response =
        switch (decision) {
          case Decision.Allow allowed ->
              CheckResponse.newBuilder().setStatus(OK).setOkResponse(passage.of(allowed));
          case Decision.Deny denied ->
              CheckResponse.newBuilder()
                  .setStatus(denied.reason().status() == 401 ? UNAUTHENTICATED : PERMISSION_DENIED)
                  .setDeniedResponse(Denial.of(denied));
          case Decision.Failed failed -> error(Denial.of(failed));
        };
    return response.setDynamicMetadata(DecisionMetadata.of(decision)).build();
  }

  private static CheckResponse.Builder error(DeniedHttpResponse response) {
    return CheckResponse.newBuilder()
        .setStatus(UNAVAILABLE)
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    ERROR_RESPONSE,
                    UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(response.toByteString())
                        .build())
                .build());
  }

  private static Status status(Code code) {
    return Status.newBuilder().setCode(code.getNumber()).build();
  }
}
