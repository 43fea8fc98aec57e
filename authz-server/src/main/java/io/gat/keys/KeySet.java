package io.gat.keys;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The keys of one issuer as they were read at one time, immutable.
 *
 * @param keys in the order of their source
 * @param readAt when they were read from their source
 * @param trustedUntil when they stop being trusted unless they are read again, exclusive; {@link
 *     Instant#MAX} for a source that cannot go away (a file)
 */
public record KeySet(List<VerificationKey> keys, Instant readAt, Instant trustedUntil) {
  public KeySet {
    keys = List.copyOf(keys);
    Objects.requireNonNull(readAt);
    Objects.requireNonNull(trustedUntil);
  }

  /** True while the keys may be used: now < trustedUntil. */
  public boolean isTrustedAt(Instant now) {
    return now.isBefore(trustedUntil);
  }

  /** The keys that have not ended: this very set where none has. */
  public KeySet at(Instant now) {
    for (VerificationKey one : keys) {
      if (!one.isTrustedAt(now)) {
        return new KeySet(
            keys.stream().filter(k -> k.isTrustedAt(now)).toList(), readAt, trustedUntil);
      }
    }
    return this;
  }

  /** True where this very key is (still) in the set. */
  public boolean contains(VerificationKey key) {
    for (VerificationKey one : keys) {
      if (one == key) {
        return true;
      }
    }
    return false;
  }

  /**
   * The one key that fits. With a {@code kid}: the key of that id that fits the algorithm. Without:
   * the key that fits the algorithm, if there is exactly one.
   *
   * @param kid empty where the token names none
   */
  public Optional<VerificationKey> find(String kid, Algorithm algorithm) {
    VerificationKey found = null;
    for (VerificationKey key : keys) {
      if (!key.fits(algorithm) || (!kid.isEmpty() && !key.kid().equals(kid))) {
        continue;
      }
      if (found != null) {
        return Optional.empty();
      }
      found = key;
    }
    return Optional.ofNullable(found);
  }
}
