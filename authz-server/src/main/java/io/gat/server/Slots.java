package io.gat.server;

import java.util.Objects;
import java.util.Optional;

/** The slots of checks, and which exchange the current thread answers. Thread-safe. */
final class Slots {
  private final AdaptiveLimit limit;
  private final ScopedValue<Exchange> current = ScopedValue.newInstance();

  Slots(AdaptiveLimit limit) {
    this.limit = Objects.requireNonNull(limit);
  }

  AdaptiveLimit limit() {
    return limit;
  }

  /** Runs what answers an exchange; until it ends, {@link #current} is that exchange. */
  void answer(Exchange exchange, Runnable answering) {
    exchange.run(() -> ScopedValue.where(current, exchange).run(answering));
  }

  /** The exchange that this thread answers. */
  Optional<Exchange> current() {
    return current.isBound() ? Optional.of(current.get()) : Optional.empty();
  }

  /** Whether the check that this thread answers has a slot. */
  boolean admits() {
    return !current.isBound() || !current.get().isRefused();
  }
}
