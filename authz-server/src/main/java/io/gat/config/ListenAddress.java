package io.gat.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** Where a server of this process listens. */
public sealed interface ListenAddress {
  /** The longest path of a Unix socket that Linux and macOS both take, in bytes. */
  int MAX_SOCKET_PATH = 103;

  /**
   * {@code tcp://host:port}: gRPC.
   *
   * @param host a name or an address, IPv6 without brackets
   * @param port in [0, 65535]; 0 takes a free one
   */
  record Tcp(String host, int port) implements ListenAddress {
    public Tcp {
      checkHostAndPort(host, port);
    }

    @Override
    public String toString() {
      return "tcp://" + bracketed(host) + ":" + port;
    }
  }

  /**
   * {@code http://host:port}: HTTP.
   *
   * @param host a name or an address, IPv6 without brackets
   * @param port in [0, 65535]; 0 takes a free one
   */
  record Http(String host, int port) implements ListenAddress {
    public Http {
      checkHostAndPort(host, port);
    }

    @Override
    public String toString() {
      return "http://" + bracketed(host) + ":" + port;
    }
  }

  /**
   * {@code unix:///path}: gRPC over a Unix socket.
   *
   * @param path absolute, at most {@link #MAX_SOCKET_PATH} bytes
   */
  record Unix(Path path) implements ListenAddress {
    public Unix {
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException("the path of a socket is absolute");
      }
      if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
        throw new IllegalArgumentException(
            "the path of a socket has at most " + MAX_SOCKET_PATH + " bytes");
      }
    }

    @Override
    public String toString() {
      return "unix://" + path;
    }
  }

  private static void checkHostAndPort(String host, int port) {
    Objects.requireNonNull(host);
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a listen address needs a host");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("a port is in [0, 65535]");
    }
  }

  private static String bracketed(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
