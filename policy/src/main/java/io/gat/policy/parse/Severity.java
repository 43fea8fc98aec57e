package io.gat.policy.parse;

/** How much a problem matters. */
public enum Severity {
  /** The text itself cannot be read: there is no file, or what it holds is not YAML. */
  UNREADABLE("error"),
  /** The text can be read, and says something that is refused. */
  ERROR("error"),
  /** It is taken, and probably not meant. */
  WARNING("warning");

  private final String word;

  Severity(String word) {
    this.word = word;
  }

  /** What people call it: {@code error} or {@code warning}. */
  public String word() {
    return word;
  }
}
