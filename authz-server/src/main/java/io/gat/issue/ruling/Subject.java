package io.gat.issue.ruling;

import io.gat.issue.caller.Caller;
import io.gat.token.VerifiedToken;
import java.util.Objects;

/** Somebody on whose behalf a caller asks (RFC 8693, section 1.1). */
public sealed interface Subject {
  /** The subject of one of this issuer's own tokens, which is valid and not revoked. */
  record Held(VerifiedToken gat) implements Subject {
    public Held {
      Objects.requireNonNull(gat);
    }
  }

  /** Whoever a foreign token proves. */
  record Proved(Caller caller) implements Subject {
    public Proved {
      Objects.requireNonNull(caller);
    }
  }
}
