package io.gat.server;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made anew only after a while. Two threads may make it at the same time; either
 * is as good.
 */
final class Kept<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private final Duration age;
  private volatile @Nullable Made<T> made;

  private record Made<T>(T value, long at) {}

  /**
   * A supplier.
   *
   * @param age for how long one is given out
   */
  Kept(Supplier<T> maker, Duration age) {
    this.maker = maker;
    this.age = age;
  }

  @Override
  public T get() {
    Made<T> last = made;
    long now = System.nanoTime();
    if (last != null && now - last.at() < age.toNanos()) {
      return last.value();
    }
    T value = maker.get();
    made = new Made<>(value, now);
    return value;
  }
}
