package io.gat.feed;

import java.time.Duration;
import java.util.Objects;

/**
 * A connected authz server, as it has told.
 *
 * @param name what it calls itself: printable, but its own words
 * @param position up to where it has applied revocations
 * @param keysPosition up to where it has applied keys
 * @param lease for how long its lease runs; not above zero: it is stale
 */
public record AuthzServerState(String name, long position, long keysPosition, Duration lease) {
  public AuthzServerState {
    Objects.requireNonNull(name);
    Objects.requireNonNull(lease);
  }
}
