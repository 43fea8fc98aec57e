package io.gat.server;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;

/**
 * Starts Helidon servers, or says in one line why one does not start.
 *
 * <p>Helidon's own {@code start()} returns without a word where it cannot bind: the reason is only
 * in its log, with a stack trace. So the address is tried before Helidon gets it.
 */
final class Listening {
  private Listening() {}

  /**
   * Starts a server.
   *
   * @param address where it listens
   * @param name how the user names the address
   * @throws StartException where the address cannot be had
   */
  static WebServer start(WebServerConfig.Builder builder, SocketAddress address, String name)
      throws StartException {
    tryOut(address, name);
    WebServer server;
    try {
      server = builder.bindAddress(address).build().start();
    } catch (RuntimeException e) {
      throw cannot(name, e);
    }
    if (!server.isRunning()) { // somebody was faster
      throw new StartException(name + ": cannot listen there any more; try again");
    }
    return server;
  }

  private static void tryOut(SocketAddress address, String name) throws StartException {
    if (address instanceof InetSocketAddress tcp && tcp.isUnresolved()) {
      throw new StartException(
          name + ": there is no such host; write an address of this machine, such as 127.0.0.1");
    }
    try (ServerSocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open()) {
      channel.bind(address);
      if (address instanceof UnixDomainSocketAddress unix) {
        Files.delete(unix.getPath());
      }
    } catch (IOException e) {
      throw cannot(name, e);
    }
  }

  private static StartException cannot(String name, Exception cause) {
    String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    return new StartException(
        name
            + ": cannot listen there: "
            + why
            + "; stop what uses the address or configure another one");
  }
}
