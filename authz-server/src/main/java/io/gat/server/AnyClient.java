package io.gat.server;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets every client certificate through the handshake of the issuer's port.
 *
 * <p>This does not make anybody trusted. What TLS proves is that the client has the key of the
 * certificate that it shows: the handshake's CertificateVerify is checked whatever this class says
 * (RFC 8446, section 4.4.3). Whose the key is, an authenticator says for each call, by the bundle
 * of the trust domain that the certificate names, as it is at that time: a list of authorities in
 * the handshake could not tell trust domains apart, and would be forgotten by sessions that are
 * resumed. A certificate that nobody has signed may still bind a token (RFC 8705, section 2.2).
 */
final class AnyClient extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_HINT = {};

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw noServer();
  }

  private static CertificateException noServer() {
    return new CertificateException("this is for clients; no server is trusted by it");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_HINT;
  }
}
