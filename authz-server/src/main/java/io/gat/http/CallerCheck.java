package io.gat.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Tells who may call at all, before any credential is read. A page in a browser can reach listeners
 * on the same machine, by their address or by a name of its own that it points there (DNS
 * rebinding); it cannot leave out {@code Origin} on a POST, nor write another {@code Host} than its
 * own name.
 */
public final class CallerCheck {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> hosts;

  private CallerCheck(Set<String> hosts) {
    this.hosts = hosts;
  }

  /** What a call is. */
  enum Verdict {
    EXPECTED,
    /** A page of a browser sends it. */
    FOREIGN_ORIGIN,
    /** Its Host is no name of a listener on this machine. */
    FOREIGN_HOST
  }

  /**
   * For a listener on loopback: only its own names will do.
   *
   * @param address as configured, IPv6 without brackets
   */
  public static CallerCheck onLoopback(String address) {
    String own = address.contains(":") ? "[" + address + "]" : address;
    Set<String> hosts = new HashSet<>(LOOPBACK);
    hosts.add(own.toLowerCase(Locale.ROOT));
    return new CallerCheck(Set.copyOf(hosts));
  }

  /** For a listener that other machines reach by names that gat does not know. */
  public static CallerCheck anyHost() {
    return new CallerCheck(Set.of());
  }

  Verdict judge(boolean hasOrigin, String authority) {
    if (hasOrigin) {
      return Verdict.FOREIGN_ORIGIN;
    }
    return hosts.isEmpty() || hosts.contains(host(authority))
        ? Verdict.EXPECTED
        : Verdict.FOREIGN_HOST;
  }

  /** The authority without its port. */
  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    boolean port = colon >= 0 && authority.indexOf(']', colon) < 0;
    return (port ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
  }
}
