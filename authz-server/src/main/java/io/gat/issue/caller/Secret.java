package io.gat.issue.caller;

import java.util.Objects;

/** A text that lets whoever has it in. It does not print. */
public final class Secret {
  private final String text;

  /** What somebody has sent, as it came. */
  public Secret(String text) {
    this.text = Objects.requireNonNull(text);
  }

  /** The text itself; for comparing and verifying, never for a message. */
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
