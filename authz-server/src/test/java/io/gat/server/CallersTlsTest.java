package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gat.config.TlsConfig;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Shown;
import io.gat.issue.caller.TestCertificates;
import io.gat.issue.caller.TestCertificates.Holder;
import io.gat.issue.caller.TrustBundle;
import io.gat.issue.caller.X509SvidAuthenticator;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The issuer's port in TLS: who calls is told to the authenticator, and refuses nobody itself. */
@Timeout(60)
final class CallersTlsTest {
  private static final String ID = "spiffe://cluster.local/ns/shop/sa/checkout";
  private static final Holder SERVERS = TestCertificates.authority("servers");
  private static final Holder MESH = TestCertificates.authority("mesh");
  private static final Holder ISSUING =
      TestCertificates.draft("issuing").authority().usage(5).signedBy(MESH);
  private static final Holder SVID = TestCertificates.svid(ID).signedBy(ISSUING);

  @TempDir private Path folder;
  private ReloadingTls tls;
  private IssuerListener listener;

  @BeforeEach
  void start() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    write("first");
    tls =
        ReloadingTls.forCallers(
            new TlsConfig(folder.resolve("tls.crt"), folder.resolve("tls.key"), Optional.empty()),
            InstantSource.system());
    listener =
        IssuerListener.start(
            "127.0.0.1",
            0,
            Duration.ofSeconds(1),
            List.of(
                routes -> routes.get("/who", (request, response) -> response.send(who(request)))),
            List.of(),
            Optional.of(tls.forServer()));
  }

  @AfterEach
  void stop() {
    listener.close();
    tls.close();
  }

  private void write(String name) throws IOException {
    Holder server =
        TestCertificates.draft(name)
            .dns("localhost")
            .ip(new byte[] {127, 0, 0, 1})
            .usage(0)
            .signedBy(SERVERS);
    replace("tls.crt", server.pem());
    replace("tls.key", server.keyPem());
  }

  private void replace(String name, String text) throws IOException {
    Path draft = folder.resolve("draft");
    Files.writeString(draft, text);
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** As an endpoint does it. */
  private static String who(ServerRequest request) {
    Optional<Certificate[]> shown = request.remotePeer().tlsCertificates();
    if (shown.isEmpty()) {
      return "nobody";
    }
    TrustBundle bundle = new TrustBundle(Set.of(MESH.certificate()));
    try (X509SvidAuthenticator one =
        new X509SvidAuthenticator("mesh", "cluster.local", () -> bundle, () -> {})) {
      List<X509Certificate> chain =
          Arrays.stream(shown.get()).map(X509Certificate.class::cast).toList();
      return switch (one.prove(new Shown.Certificates(chain), Instant.now())) {
        case Proof.Proved proved -> proved.caller().principal();
        case Proof.Refused refused -> refused.code();
        case Proof.NotMine none -> "another's";
        case Proof.Unavailable none -> "unavailable";
      };
    }
  }

  /** Who trusts the server, and shows this chain with this key. */
  private static SSLContext client(PrivateKey key, Holder... chain) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (chain.length > 0) {
      own.setKeyEntry(
          "own",
          key,
          new char[0],
          Stream.of(chain).map(Holder::certificate).toArray(Certificate[]::new));
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("servers", SERVERS.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private String ask(SSLContext client, Version version) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().sslContext(client).version(version).build()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + listener.port() + "/who"))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void tellsTheWholeChain(Version version) throws Exception {
    assertEquals(ID, ask(client(SVID.keys().getPrivate(), SVID, ISSUING), version));
  }

  @Test
  void needsNoCertificate() throws Exception {
    assertEquals("nobody", ask(client(SVID.keys().getPrivate()), Version.HTTP_1_1));
  }

  @Test
  void aCertificateThatNobodyHasSignedIsToldAndProvesNothing() throws Exception {
    Holder own = TestCertificates.svid(ID).selfSigned();
    assertEquals("untrusted_chain", ask(client(own.keys().getPrivate(), own), Version.HTTP_1_1));
  }

  /** The one thing that the handshake itself has to prove. */
  @Test
  void whoeverHasACertificateWithoutItsKeyGetsNoConnection() {
    PrivateKey strangers = TestCertificates.svid(ID).selfSigned().keys().getPrivate();
    assertThrows(IOException.class, () -> ask(client(strangers, SVID, ISSUING), Version.HTTP_1_1));
  }

  @Test
  void takesANewCertificateOver() throws Exception {
    write("second");
    tls.look();
    SSLContext client = client(SVID.keys().getPrivate());
    try (HttpClient http = HttpClient.newBuilder().sslContext(client).build()) {
      X509Certificate shown =
          (X509Certificate)
              http.send(
                      HttpRequest.newBuilder(
                              URI.create("https://127.0.0.1:" + listener.port() + "/who"))
                          .build(),
                      BodyHandlers.ofString())
                  .sslSession()
                  .orElseThrow()
                  .getPeerCertificates()[0];
      assertEquals("CN=second", shown.getSubjectX500Principal().getName());
    }
  }
}
