package io.gat.cli.demo;

import io.gat.cli.UnusableInput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the demo listens, on loopback only.
 *
 * @param listen Envoy, default 10000
 * @param admin Envoy's admin interface, default 9901
 * @param upstream the service behind Envoy, default 10001
 */
public record Ports(int listen, int admin, int upstream) {
  /** What the project documents. */
  public static final Ports USUAL = new Ports(10000, 9901, 10001);

  /**
   * Makes sure that nobody else listens there.
   *
   * @throws UnusableInput with a line for each port in use
   */
  void requireFree() {
    List<String> taken =
        Stream.of(listen, admin, upstream)
            .filter(port -> !isFree(port))
            .map(
                port ->
                    "port "
                        + port
                        + " is in use, and the demo needs it; stop what listens there"
                        + " (`ss -ltnp 'sport = :"
                        + port
                        + "'` names it)")
            .toList();
    if (!taken.isEmpty()) {
      throw new UnusableInput(String.join("\n", taken));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that nobody listens on now. */
  static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
