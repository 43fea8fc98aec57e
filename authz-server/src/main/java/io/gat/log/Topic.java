package io.gat.log;

/** What a record is about. Each topic is read, and compacted, on its own. */
public enum Topic {
  /** Signing keys and what becomes of them. */
  KEY,
  /** What was revoked, and what is not any more. */
  REVOCATION,
  /** Single-use values that were used. */
  CLAIM,
  /** That the first operator's gat was written. */
  OPERATOR,
  /** What a second person has to say yes to before there is a token, and what they said. */
  APPROVAL,
  /** The audit log: hash-chained per writer, never compacted. */
  AUDIT
}
