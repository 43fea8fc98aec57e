package io.gat.server;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A TLS context that is another one behind: each handshake uses the one that is current when it
 * begins. Certificate, key and authorities change together, and with them go the sessions that
 * could be resumed: a client whose authority was taken away does not get in on an old ticket (RFC
 * 8446, section 2.2).
 */
final class SwappedContext extends SSLContext {
  private final Behind behind;

  private SwappedContext(Behind behind, Provider provider, String protocol) {
    super(behind, provider, protocol);
    this.behind = behind;
  }

  static SwappedContext of(SSLContext first) {
    return new SwappedContext(new Behind(first), first.getProvider(), first.getProtocol());
  }

  /** New handshakes use this one. */
  void swap(SSLContext next) {
    behind.current = next;
  }

  private static final class Behind extends SSLContextSpi {
    private volatile SSLContext current;

    Behind(SSLContext first) {
      this.current = first;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("the context behind is initialized");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return current.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return current.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return current.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return current.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return current.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return current.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return current.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return current.getSupportedSSLParameters();
    }
  }
}
