package io.gat.issue.caller;

import java.util.Objects;

/** What something that was shown is worth to an {@link Authenticator}. */
public sealed interface Proof {
  /** It proves who the caller is. */
  record Proved(Caller caller) implements Proof {
    public Proved {
      Objects.requireNonNull(caller);
    }
  }

  /** It is of another kind, or of an issuer that somebody else knows: this one says nothing. */
  record NotMine() implements Proof {}

  /**
   * It is of this authenticator's kind and proves nothing.
   *
   * @param code from a bounded vocabulary, such as {@code expired}: for metrics, the audit log and
   *     the caller
   */
  record Refused(String code) implements Proof {
    public Refused {
      Objects.requireNonNull(code);
    }
  }

  /**
   * Nobody can tell now, such as without the issuer's keys: it is worth asking again.
   *
   * @param why a line for the operator
   */
  record Unavailable(String why) implements Proof {
    public Unavailable {
      Objects.requireNonNull(why);
    }
  }
}
