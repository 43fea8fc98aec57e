package io.gat.keys.wrap;

import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS that trusts the certificates of one PEM file, and no other. */
public final class PemAuthorities {
  private static final int MAX_BYTES = 1 << 20;

  private PemAuthorities() {}

  /**
   * Reads the file.
   *
   * @throws KeySourceException where it holds no certificates: one line with a remedy
   */
  public static SSLContext context(Path file) {
    String remedy = "name a PEM file with the certificates of the authorities to trust";
    byte[] pem = PrivateFiles.read(file, MAX_BYTES, remedy);
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (certificates.isEmpty()) {
        throw new KeySourceException(file + ": holds no certificate; " + remedy);
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int index = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("authority-" + index++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new KeySourceException(file + ": holds no certificates that can be read; " + remedy, e);
    }
  }
}
