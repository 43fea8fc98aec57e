package io.gat.keys.life;

import java.time.Instant;
import java.util.Objects;

/** What became of an operator's wish. */
public sealed interface KeyChange {
  /**
   * This issuer signs with a key from now on; other issuers follow as they read the log.
   *
   * @param kid which key
   * @param since when
   * @param knownFrom readers of the key set who have read it before may miss the key until then
   */
  record Rotated(String kid, Instant since, Instant knownFrom) implements KeyChange {
    public Rotated {
      Objects.requireNonNull(kid);
      Objects.requireNonNull(since);
      Objects.requireNonNull(knownFrom);
    }
  }

  /**
   * It is in the log, and done as soon as readers know the next key.
   *
   * @param notBefore when that is, at the earliest
   */
  record Planned(Instant notBefore) implements KeyChange {
    public Planned {
      Objects.requireNonNull(notBefore);
    }
  }

  /**
   * A key is out of the key set, and what it has signed is revoked.
   *
   * @param signer the key that this issuer signs with now; empty where there is none yet
   * @param knownFrom readers of the key set who have read it before may miss that key until then
   */
  record Revoked(String kid, String signer, Instant knownFrom) implements KeyChange {
    public Revoked {
      Objects.requireNonNull(kid);
      Objects.requireNonNull(signer);
      Objects.requireNonNull(knownFrom);
    }
  }

  /**
   * A canary runs.
   *
   * @param notBefore from when its key can sign, at the earliest
   */
  record CanaryRuns(Canary canary, Instant notBefore) implements KeyChange {
    public CanaryRuns {
      Objects.requireNonNull(canary);
      Objects.requireNonNull(notBefore);
    }
  }

  /** No canary runs. */
  record CanaryStopped() implements KeyChange {}

  /**
   * It cannot be done as things are.
   *
   * @param code such as {@code no_such_key}
   * @param why a line for the operator
   */
  record Impossible(String code, String why) implements KeyChange {
    public Impossible {
      Objects.requireNonNull(code);
      Objects.requireNonNull(why);
    }
  }

  /**
   * Nobody knows whether it was done, or the log has no space. It is safe to repeat.
   *
   * @param why a line for the operator
   */
  record Unavailable(String why) implements KeyChange {
    public Unavailable {
      Objects.requireNonNull(why);
    }
  }
}
