package io.gat.admin;

import java.util.Locale;

/** Counts calls of the admin API. Called by several threads; must not throw. */
@FunctionalInterface
public interface AdminCalls {
  /** The operation of a call whose path is none of the admin API's. */
  String NO_OPERATION = "none";

  /**
   * Counts a call.
   *
   * @param operation method and path template, such as {@code POST /v1/keys/{kid}/revoke}, or
   *     {@link #NO_OPERATION}: as many different ones as there are operations
   */
  void count(String operation, Outcome outcome);

  /** Counts nothing. */
  static AdminCalls uncounted() {
    return (operation, outcome) -> {};
  }

  /** How a call ended. */
  enum Outcome {
    /** It was done. */
    DONE,
    /** The operator was admitted, and the operation says no: there is no such key, for instance. */
    DECLINED,
    /** The caller is no operator who may do that, or a page of a browser. */
    REFUSED,
    /** Nobody could tell what was asked. */
    INVALID,
    /** There was no room, no way to tell who is an operator, or no audit log to write to. */
    UNAVAILABLE,
    /** It failed, because of a bug. */
    FAILED;

    /** As metrics have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
