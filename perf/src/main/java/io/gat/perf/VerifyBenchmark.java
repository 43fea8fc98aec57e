package io.gat.perf;

import io.gat.keys.Algorithm;
import io.gat.keys.TrustedKeys;
import io.gat.token.Place;
import io.gat.token.TokenVerifier;
import io.gat.token.Verification;
import java.time.Instant;
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
 * What a miss costs: reading, checking and verifying one token, for each algorithm that is likely.
 *
 * <p>Not final: JMH makes subclasses of a state.
 */
@State(Scope.Benchmark)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VerifyBenchmark {
  private final Verifiable es256 = new Verifiable(Algorithm.ES256);
  private final Verifiable edDsa = new Verifiable(Algorithm.EDDSA);
  private final Verifiable rs256 = new Verifiable(Algorithm.RS256);

  @Benchmark
  public Verification es256() {
    return es256.verify();
  }

  @Benchmark
  public Verification edDsa() {
    return edDsa.verify();
  }

  @Benchmark
  public Verification rs256() {
    return rs256.verify();
  }

  private static final class Verifiable {
    private final TokenVerifier verifier;
    private final TrustedKeys keys;
    private final String token;
    private final Instant now;

    Verifiable(Algorithm algorithm) {
      TestTokens tokens = new TestTokens(algorithm);
      this.verifier = tokens.verifier();
      this.keys = tokens.keys();
      this.token = tokens.token(1);
      this.now = tokens.now();
      if (!(verify() instanceof Verification.Verified)) {
        throw new IllegalStateException("the benchmark's own token is refused: " + verify());
      }
    }

    Verification verify() {
      return verifier.verify(token, Place.AUTHORIZATION, keys, now);
    }
  }
}
