package io.gat.cli;

import io.gat.config.Addresses;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Where an admin API is.
 *
 * @param base scheme, host, port and perhaps a path, without a slash at its end
 */
record AdminAddress(URI base) {

  /**
   * An address that an operator's gat may be sent to.
   *
   * @param server such as {@code http://127.0.0.1:9195}
   * @throws UnusableInput where it is none
   */
  static AdminAddress of(String server) {
    return of(server, AdminAddress::isOfThisMachine);
  }

  /**
   * The same.
   *
   * @param own says which addresses are this machine's: what is sent there never leaves it
   */
  static AdminAddress of(String server, Predicate<InetAddress> own) {
    URI url;
    try {
      url = new URI(server);
    } catch (URISyntaxException e) {
      throw none("not a URL");
    }
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    if (!https && !"http".equalsIgnoreCase(url.getScheme())) {
      throw none("not the URL of an HTTP server");
    }
    if (url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw none("it is a host, a port and nothing else");
    }
    if (!https && !Addresses.isLoopback(url.getHost()) && !isOwn(url.getHost(), own)) {
      throw none(
          "over http everybody on the way reads the operator's gat; http is only for this"
              + " machine");
    }
    String path = url.getRawPath();
    return new AdminAddress(
        URI.create(url.getScheme() + "://" + url.getRawAuthority() + path.replaceAll("/+$", "")));
  }

  /** Only a literal: a name may mean another machine the next time. */
  private static boolean isOwn(String host, Predicate<InetAddress> own) {
    try {
      String literal =
          host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
      return own.test(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return !address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  private static UnusableInput none(String why) {
    return new UnusableInput(
        "--server: " + why + "; write http://127.0.0.1:9195 or https://host:port");
  }

  /** The URL of an operation. */
  URI url(String path, Map<String, String> query) {
    String parameters =
        new TreeMap<>(query)
            .entrySet().stream()
                .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
                .collect(Collectors.joining("&"));
    return URI.create(base + path + (parameters.isEmpty() ? "" : "?" + parameters));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** For the name of a file that belongs to this address: letters, digits, dots, dashes. */
  String fileName() {
    return base.getRawAuthority().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]", "-");
  }
}
