package io.gat.issue.caller;

import io.gat.keys.KeySourceException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The authorities of a SPIFFE trust domain (X.509-SVID, section 5.1).
 *
 * @param authorities their certificates; at least one, each of a CA
 */
public record TrustBundle(Set<X509Certificate> authorities) {
  /** The biggest file that is looked at, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  public TrustBundle {
    authorities = Set.copyOf(authorities);
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("a bundle has an authority");
    }
  }

  /**
   * Reads a PEM file's content.
   *
   * @throws KeySourceException where it holds anything but authorities: one line with a remedy
   */
  public static TrustBundle read(Path file, byte[] pem) {
    Set<X509Certificate> authorities = new LinkedHashSet<>();
    try {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      for (Certificate one : all) {
        X509Certificate certificate = (X509Certificate) one;
        if (certificate.getBasicConstraints() < 0) {
          throw new KeySourceException(
              file
                  + ": the certificate of "
                  + certificate.getSubjectX500Principal()
                  + " is no authority's; a bundle holds the trust domain's CA certificates only");
        }
        authorities.add(certificate);
      }
    } catch (CertificateException e) {
      throw new KeySourceException(file + ": cannot be read; write certificates in PEM", e);
    }
    if (authorities.isEmpty()) {
      throw new KeySourceException(
          file + ": no certificate in it; write those of the trust domain's authorities in PEM");
    }
    return new TrustBundle(authorities);
  }

  /** For Java's path validation. */
  Set<TrustAnchor> anchors() {
    Set<TrustAnchor> anchors = new LinkedHashSet<>();
    for (X509Certificate one : authorities) {
      anchors.add(new TrustAnchor(one, null));
    }
    return anchors;
  }
}
