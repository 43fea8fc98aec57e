package io.gat.keys.life;

import io.gat.keys.Algorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The active keys of one issuer: the one that signs, the one that signs for the canary, and those
 * that are to sign no more because newer ones do.
 */
final class OwnKeys {
  private final @Nullable Own standard;
  private final @Nullable Own canary;
  private final List<KeyEntry> superseded = new ArrayList<>();

  /** An active key. */
  record Own(KeyEntry key, Stage.Active active) {}

  private OwnKeys(KeyRing ring, String writer) {
    @Nullable Algorithm canaryAlgorithm = ring.canary().map(Canary::algorithm).orElse(null);
    Own newestStandard = null;
    Own newestCanary = null;
    for (KeyEntry key : ring.keys()) {
      if (key.stage() instanceof Stage.Active active && active.writer().equals(writer)) {
        Own own = new Own(key, active);
        switch (active.role()) {
          case STANDARD -> newestStandard = newer(newestStandard, own);
          case CANARY -> {
            if (key.algorithm() == canaryAlgorithm) {
              newestCanary = newer(newestCanary, own);
            } else {
              superseded.add(key);
            }
          }
        }
      }
    }
    standard = newestStandard;
    canary = newestCanary;
  }

  static OwnKeys of(KeyRing ring, String writer) {
    return new OwnKeys(ring, writer);
  }

  private Own newer(@Nullable Own before, Own own) {
    if (before == null) {
      return own;
    }
    boolean later = own.active().position() > before.active().position();
    superseded.add((later ? before : own).key());
    return later ? own : before;
  }

  Optional<Own> standard() {
    return Optional.ofNullable(standard);
  }

  Optional<Own> canary() {
    return Optional.ofNullable(canary);
  }

  Optional<Own> of(KeyRole role) {
    return switch (role) {
      case STANDARD -> standard();
      case CANARY -> canary();
    };
  }

  List<KeyEntry> superseded() {
    return List.copyOf(superseded);
  }
}
