package io.gat.issue.caller;

import java.time.Instant;
import java.util.Map;

/** Callers whose proof says more than who they are, for tests. */
public final class ClaimedCallers {
  private ClaimedCallers() {}

  /** Somebody of this principal and subject, whose proof has these claims and does not end. */
  public static Caller with(String principal, String subject, Map<String, Object> claims) {
    return new Caller(Caller.Way.OIDC, "test", principal, subject, "client", Instant.MAX, claims);
  }
}
