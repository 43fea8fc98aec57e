package io.gat.decide;

import io.gat.policy.AccessRequest;
import io.gat.token.SignedToken;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;

/**
 * Judges a token's confirmation claim (RFC 7800): who presents a bound token must be whom it is
 * bound to. gat can prove {@code x5t#S256}, the caller's certificate (RFC 8705, section 3.1). Every
 * other binding cannot be proved here, so such a token opens nothing.
 */
final class Binding {
  private static final String CERTIFICATE_THUMBPRINT = "x5t#S256";

  private Binding() {}

  /** True where the token is not bound, or bound to the caller of this request. */
  static boolean holds(SignedToken token, AccessRequest request) {
    Object confirmation = token.claims().get("cnf");
    if (confirmation == null) {
      return !token.claims().containsKey("cnf");
    }
    return confirmation instanceof Map<?, ?> members
        && members.size() == 1
        && members.get(CERTIFICATE_THUMBPRINT) instanceof String thumbprint
        && isCertificate(thumbprint, request.sourceCertificate());
  }

  private static boolean isCertificate(String thumbprint, String urlEncodedPem) {
    if (urlEncodedPem.isEmpty()) {
      return false;
    }
    try {
      byte[] expected = Base64.getUrlDecoder().decode(thumbprint);
      // A plus sign is a base64 digit here, never a space.
      String pem = URLDecoder.decode(urlEncodedPem.replace("+", "%2B"), StandardCharsets.US_ASCII);
      byte[] der =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
              .getEncoded();
      return MessageDigest.isEqual(expected, MessageDigest.getInstance("SHA-256").digest(der));
    } catch (IllegalArgumentException | CertificateException e) {
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
