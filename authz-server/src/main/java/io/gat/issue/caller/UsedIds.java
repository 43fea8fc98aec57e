package io.gat.issue.caller;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code jti} of assertions that were used, until they have expired (RFC 7523, section 3, item
 * 7). Bounded for each client, so that one client's storm never makes another's wait.
 */
final class UsedIds {
  /** Of one client at one time; more than it can have in use within five minutes. */
  static final int PER_CLIENT = 20_000;

  private final int perClient;
  private final Map<String, Map<String, Instant>> clients = new HashMap<>();

  UsedIds() {
    this(PER_CLIENT);
  }

  UsedIds(int perClient) {
    this.perClient = perClient;
  }

  /** What using an id comes to. */
  enum Use {
    FIRST,
    AGAIN,
    /** There is no room to remember it: it may not be used now. */
    NO_ROOM
  }

  /**
   * Uses an id up.
   *
   * @param client who exists: strangers take no room
   * @param until when the assertion has expired, leeway included
   */
  synchronized Use use(String client, String jti, Instant until, Instant now) {
    Map<String, Instant> used = clients.computeIfAbsent(client, c -> new LinkedHashMap<>());
    Instant before = used.get(jti);
    if (before != null && now.isBefore(before)) {
      return Use.AGAIN;
    }
    if (used.size() >= perClient) {
      used.values().removeIf(end -> !now.isBefore(end));
    }
    if (used.size() >= perClient) {
      return Use.NO_ROOM;
    }
    used.put(jti, until);
    return Use.FIRST;
  }
}
