package io.gat.keys.life;

import io.gat.keys.Algorithm;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What operators may do with the keys. All calls are safe to repeat. */
public interface KeyControl {
  /** All keys of the ring, in the order in which they were published. */
  List<KeyStatus> keys();

  /** The canary that runs. */
  Optional<Canary> canary();

  /**
   * Lets every issuer go over to another key.
   *
   * @param when as soon as readers know one, or at once with the one that is best known
   */
  KeyChange rotate(When when, KeyCause cause);

  /**
   * Takes a key out of the key set at once, and revokes all that it has signed. Issuers that sign
   * with it go over to another at once.
   */
  KeyChange revoke(String kid, KeyCause cause);

  /** Starts a canary; there must be none. */
  KeyChange startCanary(CanaryWish wish, Algorithm algorithm, KeyCause cause);

  /** Lets the canary that runs pick other tokens. Its key stays. */
  KeyChange widenCanary(CanaryWish wish, KeyCause cause);

  /** Ends the canary: what its key has signed stays good. */
  KeyChange stopCanary(KeyCause cause);

  /**
   * Which tokens a canary is to pick; {@link Canary} says what is allowed.
   *
   * @param percent of the principals
   */
  record CanaryWish(int percent, Set<String> audiences, Set<String> principals) {
    public CanaryWish {
      audiences = Set.copyOf(audiences);
      principals = Set.copyOf(principals);
    }
  }

  /** How soon. */
  enum When {
    KNOWN,
    NOW
  }
}
