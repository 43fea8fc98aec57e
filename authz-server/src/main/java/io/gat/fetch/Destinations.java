package io.gat.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a fetch may end up: at hosts whose addresses are all public, and at those that somebody has
 * allowed by name. Plain HTTP is only for loopback that is allowed by name.
 *
 * <p>A name is resolved once, and the addresses that were judged are the ones that are connected
 * to: a name server that answers otherwise the next time changes nothing (DNS rebinding).
 */
public final class Destinations {
  private final Set<String> allowed;
  private final Resolver resolver;

  /** Looks addresses up. */
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  Destinations(Set<String> allowed, Resolver resolver) {
    this.allowed = allowed.stream().map(Destinations::canonical).collect(Collectors.toSet());
    this.resolver = Objects.requireNonNull(resolver);
  }

  /**
   * Public hosts, and these.
   *
   * @param allowed hosts that may have private addresses: names or addresses as URLs write them
   */
  public static Destinations publicAnd(Set<String> allowed) {
    return new Destinations(allowed, host -> List.of(InetAddress.getAllByName(host)));
  }

  /**
   * Looks at a URL as it is written.
   *
   * @throws ForbiddenDestinationException where it may not be fetched, wherever its host is
   */
  void check(URI url) throws ForbiddenDestinationException {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (host == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new ForbiddenDestinationException("not an address that gat fetches from");
    }
    boolean plain = scheme.equals("http") && isLoopback(host) && isAllowed(host);
    if (!scheme.equals("https") && !plain) {
      throw new ForbiddenDestinationException(
          host + ": only https is fetched from; http from loopback that `allow-private` names");
    }
  }

  /**
   * The addresses of a host, all of which may be connected to.
   *
   * @throws ForbiddenDestinationException where one may not be
   * @throws UnknownHostException where there is none
   */
  List<InetAddress> resolve(String host) throws IOException {
    List<InetAddress> addresses = resolver.resolve(bare(host));
    if (addresses.isEmpty()) {
      throw new UnknownHostException(host);
    }
    // One private address among public ones is not an accident, so none is taken.
    if (!isAllowed(host) && !addresses.stream().allMatch(AddressRanges::isPublic)) {
      throw new ForbiddenDestinationException(
          host
              + ": it is in a private network; where that is meant, write allow-private: ["
              + host
              + "]");
    }
    return List.copyOf(addresses);
  }

  private boolean isAllowed(String host) {
    return allowed.contains(canonical(host));
  }

  private static boolean isLoopback(String host) {
    String bare = bare(host);
    return bare.equalsIgnoreCase("localhost")
        || bare.equals("::1")
        || bare.matches("127(\\.\\d{1,3}){3}");
  }

  private static String canonical(String host) {
    String bare = bare(host).toLowerCase(Locale.ROOT);
    return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
  }

  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
