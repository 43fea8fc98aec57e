package io.gat.server;

import io.gat.config.TlsConfig;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * TLS whose files are read again when they change. They are taken over as a whole or not at all:
 * where they do not fit together, which is told once, the last good ones stay. Connections stay as
 * they are; new handshakes use the new files.
 *
 * <p>TLS 1.3 and 1.2, with forward secrecy and authenticated encryption only, and {@code h2} by
 * ALPN (RFC 9113, section 9.2).
 */
final class ReloadingTls implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ReloadingTls.class.getName());
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** A certificate is to be renewed when less than this part of its life is left. */
  private static final int PART_LEFT = 5;

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** Who connects, and what is asked of them. */
  private enum Peers {
    /** Envoys, by gRPC: with a certificate where authorities are named. */
    PROXIES,
    /** The issuer's callers, by HTTP and gRPC: with whatever certificate they have, or none. */
    CALLERS
  }

  private final TlsConfig config;
  private final Peers peers;
  private final InstantSource clock;
  private final SwappedContext context;
  private final CountDownLatch closed = new CountDownLatch(1);
  private TlsFiles last;
  private String lastProblem = "";
  private volatile X509Certificate certificate;
  private boolean warned;

  private ReloadingTls(
      TlsConfig config, Peers peers, InstantSource clock, TlsFiles files, TlsFiles.Usable usable) {
    this.config = config;
    this.peers = peers;
    this.clock = clock;
    this.last = files;
    this.context = SwappedContext.of(usable.context());
    this.certificate = usable.certificate();
  }

  /**
   * Reads the files and looks after them from now on.
   *
   * @throws StartException where they cannot be used
   */
  static ReloadingTls start(TlsConfig config, InstantSource clock) throws StartException {
    return start(config, Peers.PROXIES, clock);
  }

  /**
   * Reads the files of the issuer's port and looks after them from now on.
   *
   * @throws StartException where they cannot be used
   */
  static ReloadingTls forCallers(TlsConfig config, InstantSource clock) throws StartException {
    return start(config, Peers.CALLERS, clock);
  }

  private static ReloadingTls start(TlsConfig config, Peers peers, InstantSource clock)
      throws StartException {
    TlsFiles files = TlsFiles.read(config);
    ReloadingTls tls = new ReloadingTls(config, peers, clock, files, use(files, peers));
    tls.warnOfExpiry();
    Thread.ofVirtual().name("gat-tls").start(tls::watch);
    return tls;
  }

  private static TlsFiles.Usable use(TlsFiles files, Peers peers) throws StartException {
    return switch (peers) {
      case PROXIES -> files.use();
      case CALLERS -> files.useForCallers();
    };
  }

  /** For Helidon. */
  Tls forServer() {
    return Tls.builder()
        .sslContext(context)
        .enabledProtocols(PROTOCOLS)
        .enabledCipherSuites(CIPHERS)
        .applicationProtocols(
            switch (peers) {
              case PROXIES -> List.of("h2");
              case CALLERS -> List.of("h2", "http/1.1");
            })
        .endpointIdentificationAlgorithm(Tls.ENDPOINT_IDENTIFICATION_NONE)
        .clientAuth(clientAuth())
        .build();
  }

  private TlsClientAuth clientAuth() {
    if (config.clientCa().isPresent()) {
      return TlsClientAuth.REQUIRED;
    }
    return switch (peers) {
      case PROXIES -> TlsClientAuth.NONE;
      case CALLERS -> TlsClientAuth.OPTIONAL;
    };
  }

  /** How long the server's certificate is still valid; negative where it has expired. */
  Duration remaining() {
    return Duration.between(clock.instant(), certificate.getNotAfter().toInstant());
  }

  private void watch() {
    try {
      while (!closed.await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
        warnOfExpiry();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the files again, and takes them over where they changed and are good. */
  synchronized void look() {
    try {
      TlsFiles now = TlsFiles.read(config);
      if (now.isSameAs(last)) {
        good();
        return;
      }
      TlsFiles.Usable usable = use(now, peers);
      last = now;
      context.swap(usable.context());
      certificate = usable.certificate();
      warned = false;
      good();
      LOG.log(
          Level.INFO,
          "{0}: loaded, valid until {1}",
          config.certificate(),
          certificate.getNotAfter().toInstant());
    } catch (StartException e) {
      report(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      report(config.certificate() + ": " + e);
    }
  }

  private void good() {
    lastProblem = "";
  }

  private void report(String problem) {
    if (!problem.equals(lastProblem)) {
      lastProblem = problem;
      LOG.log(Level.ERROR, "{0} (the last good certificate and key stay)", problem);
    }
  }

  private synchronized void warnOfExpiry() {
    Instant end = certificate.getNotAfter().toInstant();
    Duration life = Duration.between(certificate.getNotBefore().toInstant(), end);
    if (!warned && remaining().compareTo(life.dividedBy(PART_LEFT)) < 0) {
      warned = true;
      LOG.log(
          Level.WARNING,
          "{0}: {1} {2}; renew it",
          config.certificate(),
          remaining().isNegative() ? "expired" : "expires",
          end);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
