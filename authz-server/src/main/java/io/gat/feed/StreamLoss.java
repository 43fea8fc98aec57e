package io.gat.feed;

import java.util.Locale;

/** Why an authz server has lost a stream to an issuer, or got none. */
public enum StreamLoss {
  /** The issuer has ended it, such as because it stops. */
  CLOSED,
  /** The connection could not be made, or has broken. */
  UNREACHABLE,
  /** It proved nothing any more. */
  SILENT,
  /** What it told cannot be right, or is of another log. */
  UNTRUSTWORTHY,
  /** It told something of a later version. */
  UNKNOWN_CHANGE,
  /** The files for the connection cannot be used. */
  NO_CREDENTIALS,
  /** The issuer does not let this server in. */
  NOT_ADMITTED,
  /** A bug. */
  FAILED;

  /** As metrics have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
