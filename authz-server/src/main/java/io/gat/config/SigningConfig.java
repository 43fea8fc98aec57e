package io.gat.config;

import io.gat.keys.Algorithm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The issuer's signing keys, {@code gat.issuer.keys}.
 *
 * @param algorithm of new keys, every one but HS256, default ES256
 * @param publishLead how long a key is in the JWKS before it signs: longer than any reader keeps
 *     that; in [0, 24 h], default 30 min
 * @param rotateEvery how long a key signs, in [1 s, 365 d] and longer than {@code publishLead},
 *     default 7 d
 * @param pool how many pending keys are kept ready, in [1, 100], default 2
 * @param kek encrypts private keys; default a file {@code key-encryption-key} in the log's folder
 * @param previousKeks open what they have encrypted, so that it is encrypted anew
 */
public record SigningConfig(
    Algorithm algorithm,
    Duration publishLead,
    Duration rotateEvery,
    int pool,
    KekConfig kek,
    List<KekConfig> previousKeks) {
  static final Duration PUBLISH_LEAD = Duration.ofMinutes(30);
  static final Duration MAX_PUBLISH_LEAD = Duration.ofHours(24);
  static final Duration ROTATE_EVERY = Duration.ofDays(7);
  static final Duration MIN_ROTATE_EVERY = Duration.ofSeconds(1);
  static final Duration MAX_ROTATE_EVERY = Duration.ofDays(365);
  static final int POOL = 2;
  static final int MAX_POOL = 100;

  public SigningConfig {
    Objects.requireNonNull(algorithm);
    Objects.requireNonNull(publishLead);
    Objects.requireNonNull(rotateEvery);
    Objects.requireNonNull(kek);
    previousKeks = List.copyOf(previousKeks);
  }

  /** What counts where nothing is configured. */
  static SigningConfig usual(Path data) {
    return new SigningConfig(
        Algorithm.ES256, PUBLISH_LEAD, ROTATE_EVERY, POOL, usualKek(data), List.of());
  }

  static KekConfig usualKek(Path data) {
    return new KekConfig.File(data.resolve("key-encryption-key"));
  }
}
