package io.gat.issue.caller;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The {@code jti} of assertions that were used, until they have expired (RFC 7523, section 3, item
 * 7). Bounded for each client, and each has its own lock, so that one client's storm never makes
 * another's wait.
 */
final class UsedIds {
  /** Of one client at one time; more than it can have in use within five minutes. */
  static final int PER_CLIENT = 20_000;

  private final int perClient;
  private final ConcurrentMap<String, OfOne> clients = new ConcurrentHashMap<>();

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
  Use use(String client, String jti, Instant until, Instant now) {
    return clients.computeIfAbsent(client, c -> new OfOne()).use(jti, until, now, perClient);
  }

  /** How many of a client are remembered. */
  int size(String client) {
    OfOne one = clients.get(client);
    return one == null ? 0 : one.size();
  }

  private record Used(String jti, Instant until) {}

  /** Of one client, the first to expire first. */
  private static final class OfOne {
    private final Set<String> ids = new HashSet<>();
    private final Queue<Used> byEnd = new PriorityQueue<>(Comparator.comparing(Used::until));

    synchronized Use use(String jti, Instant until, Instant now, int most) {
      for (Used head = byEnd.peek();
          head != null && !now.isBefore(head.until());
          head = byEnd.peek()) {
        byEnd.remove();
        ids.remove(head.jti());
      }
      if (ids.contains(jti)) {
        return Use.AGAIN;
      }
      if (ids.size() >= most) {
        return Use.NO_ROOM;
      }
      ids.add(jti);
      byEnd.add(new Used(jti, until));
      return Use.FIRST;
    }

    synchronized int size() {
      return ids.size();
    }
  }
}
