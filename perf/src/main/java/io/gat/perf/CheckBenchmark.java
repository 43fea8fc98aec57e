package io.gat.perf;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Settled;
import io.gat.decide.Snapshot;
import io.gat.decide.Trial;
import io.gat.decide.WhenStale;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.keys.Algorithm;
import io.gat.policy.AccessRequest;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A check whose token is cached, whole and by its steps, without gRPC and Envoy. It goes round
 * through 1,024 tokens; lease and revocations are judged, by a feed that stays fresh.
 *
 * <p>Not final: JMH makes subclasses of a state.
 */
@State(Scope.Benchmark)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CheckBenchmark {
  private static final int TOKENS = 1024;

  private final CheckRequestMapper requests = new CheckRequestMapper();
  private final CheckResponseMapper responses = new CheckResponseMapper(UpstreamHeaders.standard());
  private final CheckRequest[] messages = new CheckRequest[TOKENS];
  private final AccessRequest[] mapped = new AccessRequest[TOKENS];
  private final Decision[] decisions = new Decision[TOKENS];
  private final Decider decider;
  private final Decider withCandidate;
  private int next;

  public CheckBenchmark() {
    TestTokens tokens = new TestTokens(Algorithm.ES256);
    Moment.Source clock = Moment.Source.system();
    FeedView feed =
        new FeedView(Lease.proved(clock.now(), Duration.ofHours(1)), 1, RevocationSet.empty());
    Snapshot alone =
        new Snapshot(Map.of(Mint.ISSUER, feed), tokens.keys(), PolicyBenchmark.policy(10));
    this.decider = decider(alone, tokens, clock);
    this.withCandidate =
        decider(
            new Snapshot(
                alone.feeds(),
                alone.keys(),
                alone.policy(),
                Optional.of(PolicyBenchmark.policy(10))),
            tokens,
            clock);
    for (int i = 0; i < TOKENS; i++) {
      messages[i] = message(tokens.token(i));
      mapped[i] = requests.map(messages[i]);
      decisions[i] = decider.decide(mapped[i]);
      if (!(decisions[i] instanceof Decision.Allow)) {
        throw new IllegalStateException("the benchmark's own token is refused: " + decisions[i]);
      }
    }
  }

  private static Decider decider(Snapshot snapshot, TestTokens tokens, Moment.Source clock) {
    return new Decider(
        new LiveSnapshot(snapshot),
        tokens.verifier(),
        new CaffeineDecisionCache(100_000, 10_000, InstantSource.system()),
        KeyRefresher.none(),
        clock,
        "",
        WhenStale.ERROR);
  }

  /** From Envoy's message to gat's answer. */
  @Benchmark
  public CheckResponse whole() {
    return responses.of(decider.decide(requests.map(messages[next++ & (TOKENS - 1)])));
  }

  @Benchmark
  public AccessRequest mapRequest() {
    return requests.map(messages[next++ & (TOKENS - 1)]);
  }

  @Benchmark
  public Decision decide() {
    return decider.decide(mapped[next++ & (TOKENS - 1)]);
  }

  /** What an answer waits for where there is a candidate, which is judged by afterwards. */
  @Benchmark
  public Settled settleWithCandidate() {
    return withCandidate.settle(mapped[next++ & (TOKENS - 1)]);
  }

  /** The same, and the candidate's judgement, which the server leaves to another thread. */
  @Benchmark
  public Trial judgeWithCandidate() {
    return withCandidate.trial(settleWithCandidate());
  }

  @Benchmark
  public CheckResponse mapResponse() {
    return responses.of(decisions[next++ & (TOKENS - 1)]);
  }

  /** A call as Envoy reports it with {@code encode_raw_headers}. */
  static CheckRequest message(String token) {
    HeaderMap.Builder headers = HeaderMap.newBuilder();
    Map<String, String> sent =
        Map.of(
            ":authority", "orders.perf.example",
            ":path", "/v1/kind-1/a-1",
            ":method", "GET",
            ":scheme", "http",
            "authorization", "Bearer " + token,
            "x-forwarded-proto", "http",
            "x-request-id", "6f7c6a0e-8a53-4c55-9d6a-5b1d2a3c4e5f",
            "user-agent", "perf/1");
    sent.forEach(
        (name, value) ->
            headers.addHeaders(
                HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value))));
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setId("1234567890123456789")
                                .setMethod("GET")
                                .setHost("orders.perf.example")
                                .setPath("/v1/kind-1/a-1")
                                .setScheme("http")
                                .setProtocol("HTTP/1.1")
                                .setHeaderMap(headers))))
        .build();
  }
}
