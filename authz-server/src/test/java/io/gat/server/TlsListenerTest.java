package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.config.TlsConfig;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TlsListenerTest {
  @TempDir Path folder;

  private final BindableService service =
      new AuthorizationGrpc.AuthorizationImplBase() {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
          caller.onNext(CheckResponse.getDefaultInstance());
          caller.onCompleted();
        }
      };

  /** A new key and certificate, by the JDK's own tool; both as PEM. */
  private void certificate(String name, String... options) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Files.deleteIfExists(store);
    run(
        "-genkeypair",
        "-alias",
        "own",
        "-keystore",
        store.toString(),
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-ext",
        "bc=ca:true",
        options.length == 0 ? "-v" : options[0],
        options.length == 0 ? "-v" : options[1]);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    Files.writeString(
        folder.resolve(name + ".key"),
        pem("PRIVATE KEY", keys.getKey("own", "changeit".toCharArray()).getEncoded()));
    Files.setPosixFilePermissions(
        folder.resolve(name + ".key"), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        folder.resolve(name + ".crt"), pem("CERTIFICATE", keys.getCertificate("own").getEncoded()));
  }

  private static void run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void serve(String name) throws IOException {
    Files.copy(file(name + ".crt"), file("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(file(name + ".key"), file("tls.key"), StandardCopyOption.REPLACE_EXISTING);
  }

  private TlsConfig config(Optional<Path> clientCa) {
    return new TlsConfig(file("tls.crt"), file("tls.key"), clientCa);
  }

  private GrpcListener listen(ReloadingTls tls) throws StartException {
    return GrpcListener.tcp(
        "127.0.0.1",
        0,
        new GrpcListener.Serving(
            List.of(service),
            Duration.ofSeconds(5),
            Overload.none(),
            new ConnectionLimits(100, 100, Duration.ofMinutes(5), Duration.ofSeconds(2)),
            Optional.of(tls.forServer())));
  }

  /** A client that trusts one certificate, and shows one where it has a name. */
  private ManagedChannel client(GrpcListener listener, String trusts, Optional<String> shows)
      throws Exception {
    SslContextBuilder ssl =
        GrpcSslContexts.forClient().trustManager(file(trusts + ".crt").toFile());
    if (shows.isPresent()) {
      ssl.keyManager(file(shows.get() + ".crt").toFile(), file(shows.get() + ".key").toFile());
    }
    int port = ((InetSocketAddress) listener.address()).getPort();
    return NettyChannelBuilder.forAddress("127.0.0.1", port).sslContext(ssl.build()).build();
  }

  private static CheckResponse check(ManagedChannel channel) {
    return AuthorizationGrpc.newBlockingStub(channel).check(CheckRequest.getDefaultInstance());
  }

  private static void end(ManagedChannel channel) throws InterruptedException {
    assertTrue(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS));
  }

  @Test
  void answersOverTlsAndReloadsWithoutDroppingAConnection() throws Exception {
    certificate("one");
    certificate("two");
    serve("one");
    try (ReloadingTls tls = ReloadingTls.start(config(Optional.empty()), InstantSource.system());
        GrpcListener listener = listen(tls)) {
      ManagedChannel first = client(listener, "one", Optional.empty());
      assertEquals(CheckResponse.getDefaultInstance(), check(first));
      serve("two");
      tls.look();
      assertEquals(CheckResponse.getDefaultInstance(), check(first), "the old connection");
      ManagedChannel second = client(listener, "two", Optional.empty());
      assertEquals(CheckResponse.getDefaultInstance(), check(second));
      ManagedChannel late = client(listener, "one", Optional.empty());
      assertThrows(StatusRuntimeException.class, () -> check(late));
      end(first);
      end(second);
      end(late);
    }
  }

  @Test
  void keepsTheLastGoodPairWhereTheNewFilesDoNotFit() throws Exception {
    certificate("one");
    certificate("two");
    serve("one");
    try (ReloadingTls tls = ReloadingTls.start(config(Optional.empty()), InstantSource.system());
        GrpcListener listener = listen(tls)) {
      Files.copy(file("two.crt"), file("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
      tls.look();
      ManagedChannel client = client(listener, "one", Optional.empty());
      assertEquals(CheckResponse.getDefaultInstance(), check(client));
      end(client);
      Files.writeString(file("tls.crt"), "nonsense");
      Files.delete(file("tls.key"));
      tls.look();
      ManagedChannel again = client(listener, "one", Optional.empty());
      assertEquals(CheckResponse.getDefaultInstance(), check(again));
      end(again);
      serve("two");
      tls.look();
      ManagedChannel second = client(listener, "two", Optional.empty());
      assertEquals(CheckResponse.getDefaultInstance(), check(second));
      end(second);
    }
  }

  @Test
  void refusesToStartWithAKeyOfAnotherCertificate() throws Exception {
    certificate("one");
    certificate("two");
    serve("one");
    Files.copy(file("two.key"), file("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    StartException e =
        assertThrows(
            StartException.class,
            () -> ReloadingTls.start(config(Optional.empty()), InstantSource.system()));
    String message = String.valueOf(e.getMessage());
    assertTrue(
        message.startsWith(file("tls.key") + ": not the key of the first certificate"), message);
  }

  @Test
  void saysHowToWriteAKeyOfAnotherForm() throws Exception {
    certificate("one");
    serve("one");
    Files.writeString(
        file("tls.key"),
        Files.readString(file("tls.key")).replace("PRIVATE KEY", "EC PRIVATE KEY"));
    StartException e =
        assertThrows(
            StartException.class,
            () -> ReloadingTls.start(config(Optional.empty()), InstantSource.system()));
    assertTrue(String.valueOf(e.getMessage()).contains("openssl pkcs8 -topk8"), e::getMessage);
  }

  @Test
  void letsInOnlyClientsOfTheAuthorityAndNoneOfAnOldOneOnAnOldTicket() throws Exception {
    certificate("server");
    certificate("friend");
    certificate("stranger");
    serve("server");
    Files.copy(file("friend.crt"), file("ca.crt"));
    try (ReloadingTls tls =
            ReloadingTls.start(config(Optional.of(file("ca.crt"))), InstantSource.system());
        GrpcListener listener = listen(tls)) {
      ManagedChannel friend = client(listener, "server", Optional.of("friend"));
      assertEquals(CheckResponse.getDefaultInstance(), check(friend));
      for (Optional<String> shows : List.of(Optional.of("stranger"), Optional.<String>empty())) {
        ManagedChannel other = client(listener, "server", shows);
        assertThrows(StatusRuntimeException.class, () -> check(other));
        end(other);
      }
      Files.copy(file("stranger.crt"), file("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
      tls.look();
      assertEquals(CheckResponse.getDefaultInstance(), check(friend), "the old connection stays");
      end(friend);
      ManagedChannel former = client(listener, "server", Optional.of("friend"));
      assertThrows(StatusRuntimeException.class, () -> check(former));
      end(former);
    }
  }

  @Test
  void tellsHowLongTheCertificateIsValid() throws Exception {
    certificate("one", "-validity", "10");
    serve("one");
    try (ReloadingTls tls =
        ReloadingTls.start(
            config(Optional.empty()),
            InstantSource.fixed(Instant.now().plus(Duration.ofDays(3))))) {
      assertEquals(7, tls.remaining().plusHours(12).toDays());
    }
    try (ReloadingTls tls =
        ReloadingTls.start(
            config(Optional.empty()),
            InstantSource.fixed(Instant.now().plus(Duration.ofDays(11))))) {
      assertTrue(tls.remaining().isNegative());
    }
  }

  @Test
  void cutsAPeerThatDoesNotFinishItsHandshake() throws Exception {
    certificate("one");
    serve("one");
    try (ReloadingTls tls = ReloadingTls.start(config(Optional.empty()), InstantSource.system());
        GrpcListener listener = listen(tls);
        RawHttp2 silent = new RawHttp2(listener.address());
        RawHttp2 plain = new RawHttp2(listener.address()).greet()) {
      assertFalse(silent.awaitGoodbye());
      plain.awaitGoodbye();
    }
  }

  private static final TrustManager[] ANYBODY = {
    new X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String type) {}

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String type) {}

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    }
  };

  private static SSLSocket socket(GrpcListener listener, SSLParameters parameters)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, ANYBODY, null);
    InetSocketAddress address = (InetSocketAddress) listener.address();
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", address.getPort());
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Test
  void speaksHttp2AndSafeCiphersOnly() throws Exception {
    certificate("one");
    serve("one");
    try (ReloadingTls tls = ReloadingTls.start(config(Optional.empty()), InstantSource.system());
        GrpcListener listener = listen(tls)) {
      for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
        SSLParameters h2 = new SSLParameters();
        h2.setProtocols(new String[] {protocol});
        h2.setApplicationProtocols(new String[] {"h2"});
        try (SSLSocket socket = socket(listener, h2)) {
          socket.startHandshake();
          assertEquals("h2", socket.getApplicationProtocol());
          assertFalse(socket.getSession().getCipherSuite().contains("CBC"));
        }
      }
      SSLParameters http1 = new SSLParameters();
      http1.setApplicationProtocols(new String[] {"http/1.1"});
      try (SSLSocket socket = socket(listener, http1)) {
        assertThrows(SSLHandshakeException.class, socket::startHandshake);
      }
      SSLParameters weak = new SSLParameters();
      weak.setProtocols(new String[] {"TLSv1.2"});
      weak.setCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
      try (SSLSocket socket = socket(listener, weak)) {
        assertThrows(SSLHandshakeException.class, socket::startHandshake);
      }
    }
  }
}
