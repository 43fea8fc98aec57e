package io.gat.keys.life;

import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.log.LogReader;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A key that an issuer signs with now, for commands beside it on its machine: they may read its log
 * and its key-encryption key, but not write to the log. What they sign is nowhere recorded, so it
 * has to be short-lived and for the issuer itself.
 */
public final class BorrowedKey {
  private BorrowedKey() {}

  /**
   * Opens it.
   *
   * @param chest stays open
   * @return empty where no key is active
   * @throws io.gat.keys.KeySourceException where the key-encryption key cannot be used
   */
  public static Optional<SigningKey> open(LogReader log, KeyChest chest) {
    return LiveRing.read(log).keys().stream()
        .filter(
            key -> key.stage() instanceof Stage.Active active && active.role() == KeyRole.STANDARD)
        .max(Comparator.comparingLong(BorrowedKey::claimed))
        .map(chest::open);
  }

  /** The newest is the one that stays. */
  private static long claimed(KeyEntry key) {
    return key.stage() instanceof Stage.Active active ? active.position() : 0;
  }

  /** The key set that a log has now: for tools that verify without asking an issuer. */
  public static KeySet published(LogReader log, Instant now) {
    return new PublicKeys().keySet(LiveRing.read(log), now);
  }
}
