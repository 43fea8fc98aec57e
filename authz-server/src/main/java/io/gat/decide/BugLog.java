package io.gat.decide;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells of bugs that checks have met, once per kind. The message of an exception may repeat what a
 * caller sent, so only its class and its place are logged.
 */
public final class BugLog {
  /** So many kinds of bugs are logged at most. */
  private static final int MOST_KINDS = 100;

  private final Logger log;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  public BugLog(Logger log) {
    this.log = Objects.requireNonNull(log);
  }

  /**
   * Tells of one.
   *
   * @param what happened; {@code {0}} stands for the bug's kind
   */
  public void tell(String what, Throwable bug) {
    StackTraceElement[] trace = bug.getStackTrace();
    String kind = bug.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    if (logged.size() < MOST_KINDS && logged.add(kind)) {
      log.log(Level.WARNING, what, kind);
    }
  }
}
