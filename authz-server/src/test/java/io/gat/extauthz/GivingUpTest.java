package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.AttentiveVerifier;
import io.gat.decide.CacheResult;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.DecisionCache;
import io.gat.decide.DecisionObserver;
import io.gat.decide.GivenUp;
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
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Callers that leave, at each point of a check. */
final class GivingUpTest {
  private final List<String> seen = new ArrayList<>();
  private final Caller caller = new Caller();

  private final DecisionObserver observer =
      new DecisionObserver() {
        @Override
        public void decided(Decision decision, Duration took) {
          seen.add("decided " + decision.reason().code());
        }

        @Override
        public void givenUp(GivenUp stage) {
          seen.add("given up " + stage);
        }
      };

  /** The caller leaves before or after the verification. */
  private Runnable beforeVerification = () -> {};

  private Runnable afterVerification = () -> {};

  private final DecisionCache cache =
      (key, now, keys, verify) -> {
        beforeVerification.run();
        var verification = verify.get();
        seen.add("verified");
        afterVerification.run();
        return new DecisionCache.Answer(verification, CacheResult.MISS);
      };

  private AuthorizationService service() {
    AttentiveVerifier verifier =
        new AttentiveVerifier(
            new JoseTokenVerifier(
                List.of(), Duration.ofSeconds(5), Duration.ofMinutes(15), CryptoProvider.jdk()));
    return new AuthorizationService(
        new CheckRequestMapper(),
        new Decider(
            new LiveSnapshot(new Snapshot(Map.of(), TrustedKeys.none(), policy())),
            verifier,
            cache,
            KeyRefresher.none(),
            Moment.Source.system(),
            "",
            WhenStale.ERROR),
        new CheckResponseMapper(UpstreamHeaders.standard()),
        observer,
        Admission.everyone(),
        verifier);
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

  /** A caller that notes what it gets. */
  private final class Caller extends ServerCallStreamObserver<CheckResponse> {
    private boolean gone;

    void leave() {
      gone = true;
    }

    @Override
    public boolean isCancelled() {
      return gone;
    }

    @Override
    public void onNext(CheckResponse value) {
      seen.add("answered");
    }

    @Override
    public void onError(Throwable t) {
      throw new AssertionError(t);
    }

    @Override
    public void onCompleted() {}

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}
  }

  @Test
  void answersWhoWaits() {
    service().check(request(), caller);
    assertEquals(List.of("verified", "decided malformed_token", "answered"), seen);
  }

  @Test
  void doesNotBegin() {
    caller.leave();
    service().check(request(), caller);
    assertEquals(List.of("given up QUEUED"), seen);
  }

  @Test
  void doesNotVerify() {
    beforeVerification = caller::leave;
    service().check(request(), caller);
    assertEquals(List.of("given up VERIFYING"), seen);
  }

  @Test
  void doesNotAnswer() {
    afterVerification = caller::leave;
    service().check(request(), caller);
    assertEquals(List.of("verified", "given up DECIDED"), seen);
  }
}
