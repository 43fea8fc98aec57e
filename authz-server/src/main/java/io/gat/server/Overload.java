package io.gat.server;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a listener does with more checks than it can answer in time: each check that was read as a
 * whole takes a slot of an {@link AdaptiveLimit}, and one that finds none is refused at once.
 *
 * <p>Where its header block is one that was seen before, it is refused before it is decompressed,
 * parsed, or given to a thread, which costs about a microsecond ({@link InboundFrames}); else the
 * service refuses it before it looks into the message.
 */
final class Overload {
  private final Slots slots;
  private final Supplier<Refusal> refusal;
  private final Runnable counter;

  /**
   * An overload control.
   *
   * @param refusal the answer that refuses a check
   * @param counter told of each check that was refused without the service
   */
  Overload(Slots slots, Supplier<Refusal> refusal, Runnable counter) {
    this.slots = Objects.requireNonNull(slots);
    this.refusal = Objects.requireNonNull(refusal);
    this.counter = Objects.requireNonNull(counter);
  }

  /** Refuses nothing. */
  static Overload none() {
    return new Overload(
        new Slots(AdaptiveLimit.unlimited()),
        () -> {
          throw new AssertionError("nothing is refused");
        },
        () -> {});
  }

  Slots slots() {
    return slots;
  }

  Refusal refusal() {
    return refusal.get();
  }

  void refusedUnread() {
    counter.run();
  }
}
