package io.gat.log;

import java.util.Objects;

/** How a log is. */
public sealed interface LogHealth {
  /** It takes everything. */
  record Sound() implements LogHealth {}

  /** Space has ended: it takes only what takes away. It is sound again once there is space. */
  record Full() implements LogHealth {}

  /**
   * It takes everything, but something that it needs at another time fails.
   *
   * @param why a line for the operator
   */
  record Degraded(String why) implements LogHealth {
    public Degraded {
      Objects.requireNonNull(why);
    }
  }

  /**
   * It takes nothing.
   *
   * @param why a line for the operator
   */
  record Failed(String why) implements LogHealth {
    public Failed {
      Objects.requireNonNull(why);
    }
  }
}
