package io.gat.keys.life;

import io.gat.keys.Algorithm;
import java.util.List;
import java.util.Objects;

/** What an issuer does next for the keys. */
sealed interface KeyStep {
  /** Makes keys, one of each of these, and publishes them. */
  record Publish(List<Algorithm> algorithms) implements KeyStep {
    public Publish {
      algorithms = List.copyOf(algorithms);
    }
  }

  /** Writes that it has read all that is in the log, so that the time of that is certain. */
  record Confirm() implements KeyStep {}

  /** Claims a pending key and signs with it. */
  record Activate(String kid, KeyRole role) implements KeyStep {
    public Activate {
      Objects.requireNonNull(kid);
      Objects.requireNonNull(role);
    }
  }

  /** Renews its promise for its keys. */
  record Renew(List<String> kids) implements KeyStep {
    public Renew {
      kids = List.copyOf(kids);
    }
  }

  /** Ends signing with a key of its own. */
  record Retire(String kid) implements KeyStep {
    public Retire {
      Objects.requireNonNull(kid);
    }
  }

  /** Ends signing with the key of an issuer that has let its promise run out. */
  record RetireAbandoned(String kid) implements KeyStep {
    public RetireAbandoned {
      Objects.requireNonNull(kid);
    }
  }

  /** Takes a key out of the key set. */
  record End(String kid) implements KeyStep {
    public End {
      Objects.requireNonNull(kid);
    }
  }

  /** Writes what all records add up to, and drops them. */
  record Summarize() implements KeyStep {}
}
