package io.gat.tokens;

import io.gat.call.CallDraft;
import io.gat.call.TraceParent;
import io.gat.issue.grant.FormParameters;
import io.gat.issue.grant.TokenCall;
import io.gat.issue.grant.TokenEndpoint;
import io.gat.tokens.v1.MintRequest;
import io.gat.tokens.v1.MintResponse;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/** {@code gat.issuer.v1.Tokens}. */
public final class TokensService implements BindableService {
  private static final Context.Key<Shown> SHOWN = Context.key("gat-shown");
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> API_KEY = key("x-api-key");
  private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
  private static final Metadata.Key<String> TRACE_PARENT = key("traceparent");

  private final TokenEndpoint endpoint;
  private final Supplier<List<X509Certificate>> certificates;

  /** What a call shows beside its message. */
  private record Shown(Metadata metadata, List<X509Certificate> certificates) {}

  /**
   * A service.
   *
   * @param certificates those of the connection whose call begins on this thread, the caller's own
   *     first; empty for none
   */
  public TokensService(TokenEndpoint endpoint, Supplier<List<X509Certificate>> certificates) {
    this.endpoint = Objects.requireNonNull(endpoint);
    this.certificates = Objects.requireNonNull(certificates);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(
        ServerServiceDefinition.builder(TokensWire.SERVICE)
            .addMethod(TokensWire.MINT, ServerCalls.asyncUnaryCall(this::mint))
            .build(),
        new Showing());
  }

  private final class Showing implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
      return Contexts.interceptCall(
          Context.current().withValue(SHOWN, new Shown(metadata, certificates.get())),
          call,
          metadata,
          next);
    }
  }

  private void mint(MintRequest request, StreamObserver<MintResponse> caller) {
    Shown shown = SHOWN.get();
    switch (FormParameters.of(pairs(request))) {
      case FormParameters.Result.Malformed(String description) ->
          caller.onError(Answers.malformed(description));
      case FormParameters.Result.Read(FormParameters parameters) ->
          Answers.to(
              caller,
              endpoint.answer(
                  new TokenCall(
                      parameters,
                      all(shown, AUTHORIZATION),
                      all(shown, API_KEY),
                      shown.certificates(),
                      requestId(shown),
                      TraceParent.traceId(only(shown, TRACE_PARENT)))));
    }
  }

  /** The same parameters as those of a form, so that they are read by the same rules. */
  private static List<Map.Entry<String, String>> pairs(MintRequest request) {
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    request.getAudienceList().forEach(audience -> add(pairs, "audience", audience));
    request.getResourceList().forEach(resource -> add(pairs, "resource", resource));
    add(pairs, "grant_type", request.getGrantType());
    add(pairs, "scope", request.getScope());
    add(
        pairs,
        "requested_ttl",
        request.getRequestedTtl() == 0 ? "" : Integer.toUnsignedString(request.getRequestedTtl()));
    add(pairs, "requested_binding", request.getRequestedBinding());
    add(pairs, "subject_token", request.getSubjectToken());
    add(pairs, "subject_token_type", request.getSubjectTokenType());
    add(pairs, "actor_token", request.getActorToken());
    add(pairs, "actor_token_type", request.getActorTokenType());
    add(pairs, "requested_token_type", request.getRequestedTokenType());
    add(pairs, "assertion", request.getAssertion());
    add(pairs, "client_id", request.getClientId());
    add(pairs, "client_secret", request.getClientSecret());
    add(pairs, "client_assertion", request.getClientAssertion());
    add(pairs, "client_assertion_type", request.getClientAssertionType());
    add(pairs, "tags", request.getTags());
    add(pairs, "attestation", String.join(" ", request.getAttestationList()));
    add(pairs, "approval", request.getApproval());
    return pairs;
  }

  private static void add(List<Map.Entry<String, String>> pairs, String name, String value) {
    if (!value.isEmpty()) {
      pairs.add(Map.entry(name, value));
    }
  }

  private static List<String> all(Shown shown, Metadata.Key<String> key) {
    List<String> values = new ArrayList<>();
    Iterable<String> found = shown.metadata().getAll(key);
    if (found != null) {
      found.forEach(values::add);
    }
    return values;
  }

  private static String only(Shown shown, Metadata.Key<String> key) {
    List<String> values = all(shown, key);
    return values.size() == 1 ? values.getFirst() : "";
  }

  /** The caller's id where it is a sane one, else one of our own. */
  private static String requestId(Shown shown) {
    String id = only(shown, REQUEST_ID);
    return CallDraft.isRequestId(id) ? id : UUID.randomUUID().toString();
  }
}
