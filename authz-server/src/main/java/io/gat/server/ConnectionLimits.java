package io.gat.server;

import java.time.Duration;

/**
 * What one peer may cost.
 *
 * @param connections open at a time, in [1, ∞); more wait to be accepted
 * @param streams open at a time on one connection, in [1, ∞); more are refused
 * @param idle how long a connection without calls stays open
 * @param slow how long a peer may take for its preface, for the rest of a frame, and for the rest
 *     of a request
 */
record ConnectionLimits(int connections, int streams, Duration idle, Duration slow) {
  /**
   * Calls that the caller gave up, in 10 s. Envoy does so with each check that takes too long, and
   * with each whose own caller left; past this number the connection ends with all its checks.
   */
  static final int MAX_RESETS = 50_000;

  /** Streams that the peer made this server reset, in the life of a connection (CVE-2025-8671). */
  static final int MAX_PROVOKED_RESETS = 100;

  /** The longest header block, in bytes. */
  static final int MAX_HEADER_LIST = 96 * 1024;

  /** Frames that one header block may have after its first one (CVE-2024-27316). */
  static final int MAX_CONTINUATIONS = 16;

  /**
   * Frames that bring no work with them (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA,
   * unknown ones) and that a connection may send at once.
   */
  static final int CONTROL_AT_ONCE = 2_000;

  /** How many of these it may send for each second. */
  static final int CONTROL_PER_SECOND = 200;

  /** How many of these it may send for each request. */
  static final int CONTROL_PER_REQUEST = 8;

  /** Between two looks at the connections. */
  static final Duration LOOK = Duration.ofSeconds(1);

  ConnectionLimits {
    if (connections < 1 || streams < 1) {
      throw new IllegalArgumentException("at least one connection and one stream");
    }
    if (!idle.isPositive() || !slow.isPositive()) {
      throw new IllegalArgumentException("a connection may live");
    }
  }

  static ConnectionLimits standard() {
    return new ConnectionLimits(1_024, 2_048, Duration.ofMinutes(5), Duration.ofSeconds(10));
  }

  /** The same with another number of connections. */
  ConnectionLimits connections(int most) {
    return new ConnectionLimits(most, streams, idle, slow);
  }
}
