package io.gat.tokens;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.gat.issue.grant.Reply;
import io.gat.issue.grant.TokenError;
import io.gat.tokens.v1.MintResponse;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;

/** The endpoint's answers as messages and statuses. */
final class Answers {
  private static final String DOMAIN = "gat";
  private static final java.time.Duration BREATH = java.time.Duration.ofSeconds(1);

  private Answers() {}

  static void to(StreamObserver<MintResponse> caller, Reply reply) {
    switch (reply) {
      case Reply.Granted granted -> {
        caller.onNext(
            MintResponse.newBuilder()
                .setAccessToken(granted.token().compact())
                .setIssuedTokenType(granted.issuedType())
                .setTokenType("Bearer")
                .setExpiresIn((int) granted.expiresIn().toSeconds())
                .setScope(String.join(" ", granted.scopes()))
                .build());
        caller.onCompleted();
      }
      case Reply.Refused(TokenError error, String code, String description) ->
          caller.onError(
              StatusProto.toStatusRuntimeException(
                  status(code(error), error.code(), code, description).build()));
      case Reply.Throttled(java.time.Duration after) ->
          caller.onError(
              later(Code.RESOURCE_EXHAUSTED, "throttled", "too many tokens: ask later", after));
      case Reply.Unavailable unavailable ->
          caller.onError(
              later(
                  Code.UNAVAILABLE,
                  unavailable.code(),
                  "there is no answer now; it is safe to ask again",
                  BREATH));
    }
  }

  /** The message holds what no request may. */
  static StatusRuntimeException malformed(String description) {
    return StatusProto.toStatusRuntimeException(
        status(
                Code.INVALID_ARGUMENT,
                TokenError.INVALID_REQUEST.code(),
                "malformed_form",
                description)
            .build());
  }

  private static Code code(TokenError error) {
    return switch (error) {
      case INVALID_REQUEST, UNSUPPORTED_GRANT_TYPE, INVALID_SCOPE, INVALID_TARGET ->
          Code.INVALID_ARGUMENT;
      case INVALID_CLIENT, INVALID_GRANT -> Code.UNAUTHENTICATED;
      case UNAUTHORIZED_CLIENT, ACCESS_DENIED -> Code.PERMISSION_DENIED;
    };
  }

  private static StatusRuntimeException later(
      Code code, String reason, String message, java.time.Duration after) {
    return StatusProto.toStatusRuntimeException(
        status(code, "temporarily_unavailable", reason, message)
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            Duration.newBuilder()
                                .setSeconds(after.getSeconds())
                                .setNanos(after.getNano()))
                        .build()))
            .build());
  }

  private static Status.Builder status(Code code, String error, String reason, String message) {
    return Status.newBuilder()
        .setCode(code.value())
        .setMessage(message)
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder()
                    .setDomain(DOMAIN)
                    .setReason(reason)
                    .putMetadata("error", error)
                    .build()));
  }
}
