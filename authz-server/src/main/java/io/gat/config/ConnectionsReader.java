package io.gat.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code authz.tls}, {@code authz.socket-mode}, {@code authz.connections} and {@code drain}.
 */
final class ConnectionsReader {
  private static final Set<PosixFilePermission> SOCKET_MODE =
      PosixFilePermissions.fromString("rw-rw----");

  private ConnectionsReader() {}

  /** The settings of the port; defaults where they have problems. */
  static ConnectionsConfig read(Section authz, ListenAddress listen) {
    int max = authz.count("connections", ConnectionsConfig.DEFAULT, 1, ConnectionsConfig.MOST);
    return new ConnectionsConfig(tls(authz, listen), mode(authz, listen), max);
  }

  private static Optional<TlsConfig> tls(Section authz, ListenAddress listen) {
    if (authz.has("tls") && listen instanceof ListenAddress.Unix) {
      authz.refuse(
          "tls", "a Unix socket has no TLS", "remove it; `socket-mode` says who may connect");
    }
    return tls(authz);
  }

  /** A server's {@code tls}; absent where there is none or it has problems. */
  static Optional<TlsConfig> tls(Section server) {
    Section tls = server.section("tls", List.of("certificate", "key", "client-ca"));
    if (tls == null) {
      return Optional.empty();
    }
    Path certificate = file(tls, "certificate", "give a PEM file with the server's certificate");
    Path key = file(tls, "key", "give a PEM file with the certificate's private key");
    Path clientCa = tls.has("client-ca") ? file(tls, "client-ca", "") : null;
    return certificate == null || key == null
        ? Optional.empty()
        : Optional.of(new TlsConfig(certificate, key, Optional.ofNullable(clientCa)));
  }

  static @Nullable Path file(Section tls, String key, String missing) {
    if (!tls.has(key)) {
      tls.missing(key, missing);
      return null;
    }
    Path file = tls.path(key);
    if (file != null && !Files.isRegularFile(file)) {
      tls.refuse(key, file + " is not a file", "give the path of a PEM file");
      return null;
    }
    return file;
  }

  private static Set<PosixFilePermission> mode(Section authz, ListenAddress listen) {
    String text = authz.text("socket-mode");
    if (text == null) {
      return SOCKET_MODE;
    }
    if (!(listen instanceof ListenAddress.Unix)) {
      authz.refuse("socket-mode", "only a Unix socket has a mode", "remove it");
      return SOCKET_MODE;
    }
    if (!text.matches("0?[67][0-7]{2}")) {
      authz.refuse(
          "socket-mode",
          "\"" + text + "\" is not a mode that lets gat use its own socket",
          "write \"0600\", \"0660\" or \"0666\"");
      return SOCKET_MODE;
    }
    int bits = Integer.parseInt(text, 8);
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's read on
    for (int i = 0; i < all.length; i++) {
      if ((bits & 0400 >> i) != 0) {
        mode.add(all[i]);
      }
    }
    return mode;
  }

  /** How the server ends; defaults where it has problems. */
  static DrainConfig drain(Section gat) {
    Section drain = gat.section("drain", List.of("delay", "grace"));
    return drain == null
        ? new DrainConfig(DrainConfig.DELAY, DrainConfig.GRACE)
        : new DrainConfig(
            within(drain, "delay", DrainConfig.DELAY), within(drain, "grace", DrainConfig.GRACE));
  }

  private static Duration within(Section drain, String key, Duration absent) {
    Duration value = drain.duration(key, absent);
    if (DrainConfig.isOutOfRange(value)) {
      drain.refuse(key, "out of range", "write 0s to 10m");
      return absent;
    }
    return value;
  }
}
