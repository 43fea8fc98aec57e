package io.gat.server;

import io.gat.call.Gatekeeper;
import io.gat.call.OriginalCallReader;
import io.gat.call.ProxyAnswers;
import io.gat.config.Addresses;
import io.gat.config.HttpAuthzConfig;
import io.gat.http.AuthorizationRoute;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Serves checks over plain HTTP. */
final class ProxyListener {
  private static final Logger LOG = System.getLogger(ProxyListener.class.getName());

  private ProxyListener() {}

  /**
   * Starts to listen.
   *
   * @param grace how long calls in flight may take when it ends
   * @throws StartException where the address cannot be had
   */
  static HttpListener start(
      HttpAuthzConfig config, Duration grace, Gatekeeper gatekeeper, ProxyAnswers answers)
      throws StartException {
    if (!Addresses.isLoopback(config.listen().host())) {
      LOG.log(
          Level.WARNING,
          "{0} believes whatever it is told of a call, and callers'' tokens come to it as plain text:"
              + " let only the proxy reach it, or listen on loopback",
          config.listen());
    }
    return HttpListener.forProxies(
        config.listen().host(),
        config.listen().port(),
        grace,
        new AuthorizationRoute(
            gatekeeper, new OriginalCallReader(config.flavour(), config.pathPrefix()), answers));
  }
}
