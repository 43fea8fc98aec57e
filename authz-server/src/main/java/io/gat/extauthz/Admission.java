package io.gat.extauthz;

/** Says which checks there is room for. */
@FunctionalInterface
public interface Admission {
  /** Whether the check that the current thread is about to answer may be worked on. */
  boolean admits();

  /** There is always room. */
  static Admission everyone() {
    return () -> true;
  }
}
