package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Code;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Attention;
import io.gat.decide.BoundedVerifier;
import io.gat.decide.CacheResult;
import io.gat.decide.Decider;
import io.gat.decide.DecisionCache;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.keys.CryptoProvider;
import io.gat.keys.TrustedKeys;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.revocation.Moment;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** More checks at a time than there is room for. */
final class OverloadTest {
  private final AtomicBoolean room = new AtomicBoolean();

  /** Nothing of a check that is refused is looked at. */
  private final DecisionCache unused =
      (key, now, keys, verify) -> new DecisionCache.Answer(verify.get(), CacheResult.MISS);

  private final TokenVerifier real =
      new JoseTokenVerifier(
          List.of(), Duration.ofSeconds(5), Duration.ofMinutes(15), CryptoProvider.jdk());

  private AuthorizationService service() {
    return service(real);
  }

  private AuthorizationService service(TokenVerifier verifier) {
    return new AuthorizationService(
        new CheckRequestMapper(),
        new Decider(
            new LiveSnapshot(new Snapshot(Map.of(), TrustedKeys.none(), policy())),
            verifier,
            unused,
            KeyRefresher.none(),
            Moment.Source.system(),
            "",
            WhenStale.ERROR),
        new CheckResponseMapper(UpstreamHeaders.standard()),
        (decision, took) -> {},
        room::get,
        Attention.none());
  }

  private static Policy policy() {
    String yaml =
        """
        version: gat/v1
        service: s
        hosts: [s]
        audience: s
        rules:
          - {name: all, paths: ["/{rest=**}"]}
        """;
    return switch (PolicyCompiler.compile(List.of(new Source("s.yaml", yaml)))) {
      case PolicyCompiler.Compiled c -> c.policy();
      case PolicyCompiler.Refused r -> throw new AssertionError(r.problems());
    };
  }

  private static CheckRequest request() {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("GET")
                                .setHost("s")
                                .setPath("/x")
                                .putHeaders("authorization", "Bearer x"))))
        .build();
  }

  private static String reason(CheckResponse response) {
    return response
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  /** What a caller of gRPC gets. */
  private static CheckResponse called(AuthorizationService service) {
    AtomicReference<CheckResponse> answer = new AtomicReference<>();
    service.check(
        request(),
        new StreamObserver<>() {
          @Override
          public void onNext(CheckResponse value) {
            answer.set(value);
          }

          @Override
          public void onError(Throwable t) {
            throw new AssertionError(t);
          }

          @Override
          public void onCompleted() {}
        });
    return answer.get();
  }

  @Test
  void answersOverloadedWhereThereIsNoRoomAndTakesOnChecksAgainLater() {
    AuthorizationService service = service();

    CheckResponse refused = called(service);
    assertEquals("overloaded", reason(refused));
    assertEquals(Code.UNAVAILABLE_VALUE, refused.getStatus().getCode());
    assertTrue(refused.getUnknownFields().hasField(CheckResponseMapper.ERROR_RESPONSE));

    room.set(true);
    assertEquals("malformed_token", reason(called(service)));
  }

  @Test
  void answersOverloadedWhereTooManyTokensWaitForTheirVerification() {
    room.set(true);
    AtomicReference<AuthorizationService> service = new AtomicReference<>();
    List<CheckResponse> meanwhile = new ArrayList<>();
    TokenVerifier busy =
        (compact, place, keys, now) -> {
          meanwhile.add(called(service.get()));
          return real.verify(compact, place, keys, now);
        };
    service.set(service(new BoundedVerifier(busy, 1, 0)));

    assertEquals("malformed_token", reason(called(service.get())));
    assertEquals("malformed_token", reason(called(service.get())));
    assertEquals(
        List.of("overloaded", "overloaded"), meanwhile.stream().map(OverloadTest::reason).toList());
  }
}
