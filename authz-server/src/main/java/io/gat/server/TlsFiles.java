package io.gat.server;

import io.gat.config.TlsConfig;
import io.gat.keys.FileExposure;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
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

/** The content of the files that TLS needs, read at one time. */
final class TlsFiles {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA");
  private static final byte[] NOTHING = {};
  private static final char[] IN_MEMORY = {};

  private final TlsConfig names;
  private final byte[] certificate;
  private final byte[] key;
  private final byte[] clientCa; // empty where clients need no certificate

  private TlsFiles(TlsConfig names, byte[] certificate, byte[] key, byte[] clientCa) {
    this.names = names;
    this.certificate = certificate;
    this.key = key;
    this.clientCa = clientCa;
  }

  /** What these files amount to. */
  record Usable(SSLContext context, X509Certificate certificate) {}

  /**
   * Reads the files.
   *
   * @throws StartException where one cannot be read
   */
  static TlsFiles read(TlsConfig names) throws StartException {
    Optional<Path> clientCa = names.clientCa();
    return new TlsFiles(
        names,
        read(names.certificate()),
        privately(names.key()),
        clientCa.isPresent() ? read(clientCa.get()) : NOTHING);
  }

  private static byte[] privately(Path file) throws StartException {
    Optional<String> exposure = FileExposure.ofSecret(file);
    if (exposure.isPresent()) {
      throw new StartException(exposure.get());
    }
    return read(file);
  }

  private static byte[] read(Path file) throws StartException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new StartException(file + ": over 1 MiB; give a PEM file");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new StartException(file + ": no such file; give a PEM file");
    } catch (AccessDeniedException e) {
      throw new StartException(file + ": this user may not read it; change its owner or mode");
    } catch (IOException e) {
      throw new StartException(file + ": cannot be read: " + e.getMessage());
    }
  }

  boolean isSameAs(TlsFiles other) {
    return Arrays.equals(certificate, other.certificate)
        && Arrays.equals(key, other.key)
        && Arrays.equals(clientCa, other.clientCa);
  }

  /**
   * Makes a context of them.
   *
   * @throws StartException where one is not what it must be, or certificate and key are not a pair
   */
  Usable use() throws StartException {
    return use(trusting());
  }

  /**
   * Makes a context of them that takes whatever certificate a client shows, where no authorities
   * are named. See {@link AnyClient}.
   *
   * @throws StartException where one is not what it must be, or certificate and key are not a pair
   */
  Usable useForCallers() throws StartException {
    return use(names.clientCa().isPresent() ? trusting() : new TrustManager[] {new AnyClient()});
  }

  private Usable use(TrustManager[] trust) throws StartException {
    Own own = own();
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own.managers(), trust, null);
      return new Usable(context, own.certificate());
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * What a client shows and trusts.
   *
   * @throws StartException where a file is not what it must be, or certificate and key are not a
   *     pair
   */
  ChannelCredentials forClient() throws StartException {
    Own own = own();
    try {
      return TlsChannelCredentials.newBuilder()
          .keyManager(own.managers())
          .trustManager(trust())
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(e);
    }
  }

  /** The own side, whose certificate and key are a pair. */
  private record Own(List<KeyManager> keyManagers, X509Certificate certificate) {
    KeyManager[] managers() {
      return keyManagers.toArray(KeyManager[]::new);
    }
  }

  private Own own() throws StartException {
    List<X509Certificate> chain = certificates(names.certificate(), certificate);
    PrivateKey privateKey = privateKey();
    X509Certificate own = chain.getFirst();
    if (!arePair(own.getPublicKey(), privateKey)) {
      throw new StartException(
          names.key()
              + ": not the key of the first certificate in "
              + names.certificate()
              + "; write both files anew, the own certificate first");
    }
    try {
      KeyStore keys = empty();
      keys.setKeyEntry("own", privateKey, IN_MEMORY, chain.toArray(Certificate[]::new));
      KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
      keyManagers.init(keys, IN_MEMORY);
      return new Own(List.of(keyManagers.getKeyManagers()), own);
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(e);
    }
  }

  private StartException unusable(Exception e) {
    return new StartException(names.certificate() + ": TLS cannot use it: " + e.getMessage());
  }

  private TrustManager[] trusting() throws StartException {
    try {
      return trust();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(e);
    }
  }

  private TrustManager[] trust() throws StartException, GeneralSecurityException, IOException {
    Optional<Path> file = names.clientCa();
    if (file.isEmpty()) {
      return new TrustManager[0];
    }
    KeyStore authorities = empty();
    for (X509Certificate one : certificates(file.get(), clientCa)) {
      authorities.setCertificateEntry(one.getSubjectX500Principal() + "/" + one.hashCode(), one);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(authorities);
    return managers.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static List<X509Certificate> certificates(Path file, byte[] pem) throws StartException {
    try {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      List<X509Certificate> chain = all.stream().map(X509Certificate.class::cast).toList();
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (CertificateException e) {
      // As an empty file: nothing in it can be used.
    }
    throw new StartException(
        file + ": no certificate in it; write it in PEM, -----BEGIN CERTIFICATE-----");
  }

  private PrivateKey privateKey() throws StartException {
    Matcher pem = PKCS8.matcher(new String(key, StandardCharsets.ISO_8859_1));
    if (pem.find()) {
      PKCS8EncodedKeySpec spec =
          new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
      for (String type : KEY_TYPES) {
        try {
          return KeyFactory.getInstance(type).generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
          // Another type, perhaps.
        } catch (GeneralSecurityException e) {
          throw new StartException(names.key() + ": this JDK has no keys of type " + type);
        }
      }
    }
    throw new StartException(
        names.key()
            + ": no private key in PKCS #8; run: openssl pkcs8 -topk8 -nocrypt -in KEY -out "
            + names.key().getFileName());
  }

  private static boolean arePair(PublicKey publicKey, PrivateKey privateKey) {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] text = "gat".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(text);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(text);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // keys of two types
    }
  }
}
