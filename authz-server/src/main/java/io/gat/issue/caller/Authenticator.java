package io.gat.issue.caller;

import java.time.Instant;

/**
 * Says whom something proves that callers show. It answers {@link Proof.NotMine} to whatever
 * another one may know, and never trusts what it has not verified. Safe to share between threads;
 * may block while it fetches, but one that is slow delays nobody who shows something else.
 */
public interface Authenticator extends AutoCloseable {
  /** Its configured name, unique: a word for metrics and the audit log. */
  String name();

  /** Judges what is shown, at this time. */
  Proof prove(Shown shown, Instant now);

  @Override
  void close();
}
