package io.gat.policy;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a rule takes calls that outlive the check: WebSockets and streams. They are decided once, so
 * what the rule cannot ask again later it bounds in advance.
 */
public final class LongLived {
  private static final LongLived PLAIN = new LongLived(Upgrade.REFUSED, null);

  private final Upgrade upgrade;
  private final @Nullable Duration maxStream;

  /**
   * As written.
   *
   * @param maxStream more than zero; null where the rule sets no bound
   */
  public LongLived(Upgrade upgrade, @Nullable Duration maxStream) {
    this.upgrade = Objects.requireNonNull(upgrade);
    this.maxStream = maxStream;
    if (maxStream != null && !maxStream.isPositive()) {
      throw new IllegalArgumentException("a stream may last longer than no time");
    }
  }

  /** The default: no upgrade, and no bound of its own for a stream. */
  public static LongLived plain() {
    return PLAIN;
  }

  /** Whether a call may become another protocol, such as a WebSocket. */
  public Upgrade upgrade() {
    return upgrade;
  }

  /** The longest that a call may last, in (0, ∞). */
  public Optional<Duration> maxStream() {
    return Optional.ofNullable(maxStream);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LongLived o
        && o.upgrade == upgrade
        && Objects.equals(o.maxStream, maxStream);
  }

  @Override
  public int hashCode() {
    return Objects.hash(upgrade, maxStream);
  }

  @Override
  public String toString() {
    return "LongLived[" + upgrade + ", " + maxStream + "]";
  }

  /** Whether a call may become another protocol (RFC 9110, section 7.8; RFC 8441). */
  public enum Upgrade {
    REFUSED,
    ALLOWED
  }
}
