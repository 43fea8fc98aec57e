package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Code;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.call.UpstreamHeaders;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** More checks at a time than gat takes on. */
final class OverloadTest {
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  /** Holds a check until it is let go. */
  private final DecisionCache slow =
      (key, now, keys, verify) -> {
        entered.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        return new DecisionCache.Answer(verify.get(), CacheResult.MISS);
      };

  private AuthorizationService service() {
    return new AuthorizationService(
        new CheckRequestMapper(),
        new Decider(
            new LiveSnapshot(new Snapshot(Map.of(), TrustedKeys.none(), policy())),
            new JoseTokenVerifier(
                List.of(), Duration.ofSeconds(5), Duration.ofMinutes(15), CryptoProvider.jdk()),
            slow,
            KeyRefresher.none(),
            Moment.Source.system(),
            "",
            WhenStale.ERROR),
        new CheckResponseMapper(UpstreamHeaders.standard()),
        (decision, took) -> {},
        1);
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

  @Test
  void answersOverloadedAtOnceAndTakesOnChecksAgainLater() throws Exception {
    AuthorizationService service = service();
    CompletableFuture<CheckResponse> held =
        CompletableFuture.supplyAsync(() -> service.answer(request()));
    assertTrue(entered.await(1, TimeUnit.MINUTES));

    CheckResponse refused = service.answer(request());
    assertEquals("overloaded", reason(refused));
    assertEquals(Code.UNAVAILABLE_VALUE, refused.getStatus().getCode());
    assertTrue(refused.getUnknownFields().hasField(CheckResponseMapper.ERROR_RESPONSE));

    release.countDown();
    assertEquals("malformed_token", reason(held.get(1, TimeUnit.MINUTES)));
    assertEquals("malformed_token", reason(service.answer(request())));
  }
}
