package io.gat.feed;

import java.util.Locale;

/** Why a stream has ended, as the issuer knows. */
public enum StreamEnd {
  /** The authz server has ended it, or its connection is gone. */
  LEFT,
  /** Nothing was heard of it for a minute. */
  SILENT,
  /** It read too slowly for what it had to be told. */
  SLOW,
  /** It has not said who it is, or asked for more than it reads. */
  RUDE,
  /** There was no room for it. */
  NO_ROOM,
  /** The issuer is stopping. */
  STOPPED,
  /** Something has failed. */
  BROKEN;

  /** As metrics have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
