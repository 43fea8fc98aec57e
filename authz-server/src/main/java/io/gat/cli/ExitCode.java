package io.gat.cli;

/** What the process ends with. */
final class ExitCode {
  /** Yes, or done. */
  static final int OK = 0;

  /** The answer is no. */
  static final int NO = 1;

  /** Unreadable or wrong input, or something that gat needs is not there. */
  static final int UNUSABLE = 2;

  private ExitCode() {}
}
