package io.gat.config;

import io.gat.keys.Algorithm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * By what an issuer decides who gets which token.
 *
 * @param policy the file or folder of the issuance policy; empty where nobody gets any
 * @param environment whose values its files take
 * @param attestation the verifiers whose results count
 * @param limits how often callers may ask
 */
public record IssuanceConfig(
    Optional<Path> policy, String environment, List<Verifier> attestation, Limits limits) {
  public IssuanceConfig {
    Objects.requireNonNull(policy);
    Objects.requireNonNull(environment);
    attestation = List.copyOf(attestation);
    Objects.requireNonNull(limits);
  }

  /**
   * Somebody who says something of callers.
   *
   * @param name as issuance rules call it; unique
   * @param issuer the exact {@code iss} of its results; unique
   * @param audience the {@code aud} that they must have, default the issuer's URL
   * @param algorithms with which it signs, never HS256
   * @param keys a file or a URL
   */
  public record Verifier(
      String name, String issuer, String audience, Set<Algorithm> algorithms, KeysConfig keys) {
    public Verifier {
      Objects.requireNonNull(name);
      Objects.requireNonNull(issuer);
      Objects.requireNonNull(audience);
      algorithms = Set.copyOf(algorithms);
      Objects.requireNonNull(keys);
    }
  }

  /**
   * How fast permits come, and how many can be saved.
   *
   * @param permits in each period, above 0
   * @param burst 1 or more
   */
  public record Rate(long permits, Duration period, long burst) {
    public Rate {
      if (permits < 1 || !period.isPositive() || burst < 1) {
        throw new IllegalArgumentException("a rate is above zero");
      }
    }

    double perSecond() {
      return permits * 1e9 / period.toNanos();
    }
  }

  /**
   * Limits.
   *
   * @param each of one principal, at most half of all in rate and burst
   * @param all of all together
   */
  public record Limits(Rate each, Rate all) {
    static final Rate EACH = new Rate(50, Duration.ofSeconds(1), 100);
    static final Rate ALL = new Rate(5_000, Duration.ofSeconds(1), 10_000);

    public Limits {
      if (!isFair(each, all)) {
        throw new IllegalArgumentException("one principal takes at most half of all");
      }
    }

    static boolean isFair(Rate each, Rate all) {
      return each.perSecond() * 2 <= all.perSecond() && each.burst() * 2 <= all.burst();
    }
  }
}
