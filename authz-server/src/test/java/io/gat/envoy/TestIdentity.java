package io.gat.envoy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key with a self-signed certificate that names a workload, made by the JDK's keytool. */
public final class TestIdentity {
  private static final String ALIAS = "a";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final KeyStore store;

  private TestIdentity(KeyStore store) {
    this.store = store;
  }

  /**
   * A new identity for 127.0.0.1.
   *
   * @param folder for a file of its own
   * @param principal the certificate's only URI
   */
  public static TestIdentity create(Path folder, String principal)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve("identity-" + principal.replaceAll("\\W", "-") + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                ALIAS,
                "-dname",
                "CN=test",
                "-ext",
                "san=uri:" + principal + ",ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool: " + output);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return new TestIdentity(store);
  }

  private Certificate certificate() throws GeneralSecurityException {
    Certificate certificate = store.getCertificate(ALIAS);
    if (certificate == null) {
      throw new IllegalStateException("keytool made no certificate");
    }
    return certificate;
  }

  /** The certificate itself. */
  public X509Certificate x509() throws GeneralSecurityException {
    return (X509Certificate) certificate();
  }

  /** The key itself. */
  public PrivateKey key() throws GeneralSecurityException {
    return (PrivateKey) store.getKey(ALIAS, PASSWORD);
  }

  /** The certificate as PEM on one line of YAML, between quotes. */
  public String certificateLine() throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate().getEncoded());
  }

  /** The certificate as Envoy tells it: PEM, URL-encoded. */
  public String urlEncodedCertificate() throws GeneralSecurityException {
    String line = certificateLine();
    return URLEncoder.encode(
            line.substring(1, line.length() - 1).replace("\\n", "\n"), StandardCharsets.US_ASCII)
        .replace("+", "%20");
  }

  /** The key as PEM on one line of YAML, between quotes. */
  public String keyLine() throws GeneralSecurityException {
    Key key = store.getKey(ALIAS, PASSWORD);
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String kind, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(der)
            .replace("\n", "\\n");
    return "\"-----BEGIN " + kind + "-----\\n" + body + "\\n-----END " + kind + "-----\\n\"";
  }

  /** The confirmation that binds a token to this certificate (RFC 8705, section 3.1). */
  public String thumbprint() throws GeneralSecurityException {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(MessageDigest.getInstance("SHA-256").digest(certificate().getEncoded()));
  }

  /** TLS by this identity, with nobody but another one. */
  public SSLContext towards(TestIdentity other) throws GeneralSecurityException, IOException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, other.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
