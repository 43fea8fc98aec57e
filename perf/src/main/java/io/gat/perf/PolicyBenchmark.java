package io.gat.perf;

import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.Verdict;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import java.time.Instant;
import java.util.List;
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
 * From a request to the rule that it takes, in a small and in a large policy. Each call asks for
 * another of 1,024 paths, which spread over all rules; the goal is 10,000 rules ≤ 1.5 × 10.
 *
 * <p>Not final: JMH makes subclasses of a state.
 */
@State(Scope.Benchmark)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PolicyBenchmark {
  private static final int PATHS = 1024;
  private static final Instant NOW = Instant.EPOCH;

  private final Policy ten = policy(10);
  private final Policy tenThousand = policy(10_000);
  private final AccessRequest[] forTen = requests(10);
  private final AccessRequest[] forTenThousand = requests(10_000);
  private int next;

  @Benchmark
  public Verdict tenRules() {
    return ten.judge(forTen[next++ & (PATHS - 1)], "", NOW);
  }

  @Benchmark
  public Verdict tenThousandRules() {
    return tenThousand.judge(forTenThousand[next++ & (PATHS - 1)], "", NOW);
  }

  /** One service with that many rules, each with a template of its own. */
  static Policy policy(int rules) {
    StringBuilder text =
        new StringBuilder(
            """
            version: gat/v1
            service: orders
            hosts: [orders.perf.example]
            audience: orders
            credential: bearer
            rules:
            """);
    for (int i = 0; i < rules; i++) {
      text.append("  - {name: rule-").append(i).append(", methods: [GET], paths: [\"/v1/kind-");
      text.append(i).append("/{id}\"], scopes: [orders:read]}\n");
    }
    return switch (PolicyCompiler.compile(List.of(new Source("perf.yaml", text.toString())))) {
      case PolicyCompiler.Compiled compiled -> compiled.policy();
      case PolicyCompiler.Refused refused ->
          throw new IllegalStateException(refused.problems().toString());
    };
  }

  private static AccessRequest[] requests(int rules) {
    AccessRequest[] requests = new AccessRequest[PATHS];
    for (int i = 0; i < PATHS; i++) {
      // A prime step spreads the paths over all rules, in no order that a cache would like.
      requests[i] =
          AccessRequest.builder()
              .method("GET")
              .host("orders.perf.example")
              .target("/v1/kind-" + (int) (i * 7919L % rules) + "/a-" + i)
              .build();
    }
    return requests;
  }
}
