package io.gat.issue.caller;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All authenticators of an issuer. The first that knows what is shown decides. */
public final class Callers implements AutoCloseable {
  /** What nobody knows is refused with. */
  static final String UNKNOWN = "unknown_credential";

  private final List<Authenticator> authenticators;

  /** They are asked in this order; each name once. */
  public Callers(List<Authenticator> authenticators) {
    this.authenticators = List.copyOf(authenticators);
    Set<String> names = new HashSet<>();
    for (Authenticator one : authenticators) {
      if (!names.add(one.name())) {
        throw new IllegalArgumentException("two authenticators are called " + one.name());
      }
    }
  }

  /** What it proves; never {@link Proof.NotMine}. */
  public Proof identify(Shown shown, Instant now) {
    for (Authenticator one : authenticators) {
      Proof proof = one.prove(shown, now);
      if (!(proof instanceof Proof.NotMine)) {
        return proof;
      }
    }
    return new Proof.Refused(UNKNOWN);
  }

  @Override
  public void close() {
    Deque<Authenticator> open = new ArrayDeque<>(authenticators);
    while (!open.isEmpty()) {
      open.pollLast().close();
    }
  }
}
