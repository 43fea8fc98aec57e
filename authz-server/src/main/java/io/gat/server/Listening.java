package io.gat.server;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.net.BindException;

/** Starts Helidon servers, or says in one line why one does not start. */
final class Listening {
  private Listening() {}

  /**
   * Starts a server.
   *
   * @param address how the user names the address
   * @throws StartException where the address cannot be had
   */
  static WebServer start(WebServerConfig.Builder builder, String address) throws StartException {
    try {
      return builder.build().start();
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          throw new StartException(
              address + ": " + plain(cause) + "; stop what uses it or configure another address");
        }
      }
      throw new StartException(address + ": cannot listen there: " + plain(e));
    }
  }

  private static String plain(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
