package io.gat.telemetry;

import java.util.Locale;

/** Why a round of the revocation canary has measured nothing. */
public enum CanaryFailure {
  /** There was no probe token: no key may sign, or the audit log does not take it. */
  NOT_MINTED,
  /** The authz server does not answer. */
  UNREACHABLE,
  /**
   * It does not allow a fresh probe: its policy has no rule for it, or does not trust the issuer.
   */
  NOT_ALLOWED,
  /** The log did not acknowledge the revocation. */
  NOT_REVOKED,
  /** It calls its revocations stale, so that nobody can tell what it knows. */
  STALE,
  /** It still allowed the revoked probe when the round was over: the promise is broken. */
  STILL_ALLOWED;

  /** As metrics have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
