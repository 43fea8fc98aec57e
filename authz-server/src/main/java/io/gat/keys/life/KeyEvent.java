package io.gat.keys.life;

import io.gat.keys.Algorithm;
import io.gat.log.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** What happened to keys: the payload of one record of {@link io.gat.log.Topic#KEY}. */
sealed interface KeyEvent {
  /** When, by the clock of whoever wrote it. */
  Instant at();

  /** Which way it moves what callers may do. */
  default Effect effect() {
    return switch (this) {
      case Published p -> Effect.GRANTS;
      case Activated a -> Effect.GRANTS;
      case Renewed r -> Effect.GRANTS;
      case Rewrapped r -> Effect.GRANTS;
      case CanarySet c -> Effect.GRANTS;
      case Summary s -> Effect.GRANTS;
      case Confirmed c -> Effect.TAKES_AWAY;
      case RotationAsked r -> Effect.TAKES_AWAY;
      case Retiring r -> Effect.TAKES_AWAY;
      case Retired r -> Effect.TAKES_AWAY;
      case Revoked r -> Effect.TAKES_AWAY;
      case CanaryStopped c -> Effect.TAKES_AWAY;
    };
  }

  /** A key as it is published. */
  record NewKey(String kid, Algorithm algorithm, String publicJwk, KeyEntry.Wrapped wrapped) {
    public NewKey {
      Objects.requireNonNull(kid);
      Objects.requireNonNull(algorithm);
      Objects.requireNonNull(publicJwk);
      Objects.requireNonNull(wrapped);
    }
  }

  /** Keys become part of the key set. */
  record Published(Instant at, List<NewKey> keys) implements KeyEvent {
    public Published {
      Objects.requireNonNull(at);
      keys = List.copyOf(keys);
    }
  }

  /** One issuer signs with a key from now on. */
  record Activated(Instant at, String kid, String writer, KeyRole role, Instant signsUntil)
      implements KeyEvent {
    public Activated {
      Objects.requireNonNull(at);
      Objects.requireNonNull(kid);
      Objects.requireNonNull(writer);
      Objects.requireNonNull(role);
      Objects.requireNonNull(signsUntil);
    }
  }

  /** An issuer goes on signing with its keys. */
  record Renewed(Instant at, List<String> kids, Instant signsUntil) implements KeyEvent {
    public Renewed {
      Objects.requireNonNull(at);
      kids = List.copyOf(kids);
      Objects.requireNonNull(signsUntil);
    }
  }

  /**
   * A key signs no more.
   *
   * @param toldFor how long its end has to be in the key set
   * @param ends at the earliest
   */
  record Retiring(Instant at, String kid, Duration toldFor, Instant ends) implements KeyEvent {
    public Retiring {
      Objects.requireNonNull(at);
      Objects.requireNonNull(kid);
      Objects.requireNonNull(toldFor);
      Objects.requireNonNull(ends);
    }
  }

  /** Nothing but that all before could be read by then; every other event says so, too. */
  record Confirmed(Instant at) implements KeyEvent {
    public Confirmed {
      Objects.requireNonNull(at);
    }
  }

  /** A key leaves the key set. */
  record Retired(Instant at, String kid) implements KeyEvent {
    public Retired {
      Objects.requireNonNull(at);
      Objects.requireNonNull(kid);
    }
  }

  /** A key leaves the key set at once, because an operator says so. */
  record Revoked(Instant at, String kid, String by) implements KeyEvent {
    public Revoked {
      Objects.requireNonNull(at);
      Objects.requireNonNull(kid);
      Objects.requireNonNull(by);
    }
  }

  /** A private key is encrypted by another key-encryption key, or another version of it. */
  record Rewrapped(Instant at, String kid, KeyEntry.Wrapped wrapped) implements KeyEvent {
    public Rewrapped {
      Objects.requireNonNull(at);
      Objects.requireNonNull(kid);
      Objects.requireNonNull(wrapped);
    }
  }

  /** Every key that was active before is to be replaced. */
  record RotationAsked(Instant at, Urgency urgency, String by) implements KeyEvent {
    public RotationAsked {
      Objects.requireNonNull(at);
      Objects.requireNonNull(urgency);
      Objects.requireNonNull(by);
    }
  }

  /** A canary starts, or is widened. */
  record CanarySet(Instant at, Canary canary, String by) implements KeyEvent {
    public CanarySet {
      Objects.requireNonNull(at);
      Objects.requireNonNull(canary);
      Objects.requireNonNull(by);
    }
  }

  /** A canary ends. */
  record CanaryStopped(Instant at, String by) implements KeyEvent {
    public CanaryStopped {
      Objects.requireNonNull(at);
      Objects.requireNonNull(by);
    }
  }

  /** What all records before add up to: they may be dropped. */
  record Summary(Instant at, KeyRing.State ring) implements KeyEvent {
    public Summary {
      Objects.requireNonNull(at);
      Objects.requireNonNull(ring);
    }
  }

  /** How long a rotation may wait. */
  enum Urgency {
    /** Until a pending key is known to every reader. */
    WHEN_KNOWN,
    /** Not at all. */
    NOW
  }
}
