package io.gat.client;

import io.gat.keys.FileExposure;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS of a client by PEM files. */
public final class ClientTls {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final char[] IN_MEMORY = {};

  private ClientTls() {}

  /**
   * The caller's own certificate.
   *
   * @param chain a PEM file, the caller's own first
   * @param key a PEM file with an unencrypted PKCS#8 key, which nobody else may read
   */
  public record Own(Path chain, Path key) {}

  /**
   * A context.
   *
   * @param authorities a PEM file with those that are trusted; empty for the JVM's own
   * @throws KeySourceException where a file is not what it must be: a line with a remedy
   */
  public static SSLContext context(Optional<Path> authorities, Optional<Own> own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager @Nullable [] keys = own.isPresent() ? keys(own.get()) : null;
      TrustManager @Nullable [] trust = authorities.isPresent() ? trust(authorities.get()) : null;
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new KeySourceException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    int index = 0;
    for (Certificate certificate : certificates(file)) {
      store.setCertificateEntry("authority-" + index++, certificate);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static KeyManager[] keys(Own own) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    store.setKeyEntry(
        "own", key(own.key()), IN_MEMORY, certificates(own.chain()).toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, IN_MEMORY);
    return keys.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException {
    String remedy = "; name a PEM file with certificates";
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new KeySourceException(file + ": over 1 MiB" + remedy);
      }
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
      if (all.isEmpty()) {
        throw new KeySourceException(file + ": holds no certificate" + remedy);
      }
      return all;
    } catch (IOException e) {
      throw new KeySourceException(file + ": cannot be read" + remedy, e);
    }
  }

  private static PrivateKey key(Path file) throws GeneralSecurityException {
    String remedy = "name a PEM file with an unencrypted PKCS#8 key";
    FileExposure.ofSecret(file)
        .ifPresent(
            exposed -> {
              throw new KeySourceException(exposed);
            });
    String text = new String(PrivateFiles.read(file, MAX_BYTES, remedy), StandardCharsets.US_ASCII);
    Matcher pem = PKCS8.matcher(text);
    if (!pem.find()) {
      throw new KeySourceException(file + ": holds no such key; " + remedy);
    }
    PKCS8EncodedKeySpec spec =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String type : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(type).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // It is of another type.
      }
    }
    throw new KeySourceException(file + ": holds a key of no known type; " + remedy);
  }
}
