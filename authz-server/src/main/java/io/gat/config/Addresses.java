package io.gat.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads addresses. */
public final class Addresses {
  static final Section.AddressReader<ListenAddress> GRPC =
      new Section.AddressReader<>() {
        @Override
        public Optional<ListenAddress> read(String text) {
          return text.startsWith("unix:") ? unix(text) : tcp(text).map(a -> a);
        }

        @Override
        public String remedy() {
          return "write tcp://host:port, or unix:///path of at most "
              + ListenAddress.MAX_SOCKET_PATH
              + " bytes";
        }
      };

  static final Section.AddressReader<ListenAddress.Tcp> TCP =
      new Section.AddressReader<>() {
        @Override
        public Optional<ListenAddress.Tcp> read(String text) {
          return tcp(text);
        }

        @Override
        public String remedy() {
          return "write tcp://host:port";
        }
      };

  static final Section.AddressReader<ListenAddress.Http> HTTP =
      new Section.AddressReader<>() {
        @Override
        public Optional<ListenAddress.Http> read(String text) {
          return hostAndPort(text, "http")
              .map(u -> new ListenAddress.Http(bare(u.getHost()), u.getPort()));
        }

        @Override
        public String remedy() {
          return "write http://host:port";
        }
      };

  /** HTTP, in TLS or not. */
  static final Section.AddressReader<ListenAddress.Http> HTTP_OR_HTTPS =
      new Section.AddressReader<>() {
        @Override
        public Optional<ListenAddress.Http> read(String text) {
          return hostAndPort(text, "https")
              .or(() -> hostAndPort(text, "http"))
              .map(u -> new ListenAddress.Http(bare(u.getHost()), u.getPort()));
        }

        @Override
        public String remedy() {
          return "write http://host:port, or https://host:port with `tls`";
        }
      };

  private Addresses() {}

  /** {@code tcp://host:port}. */
  static Optional<ListenAddress.Tcp> tcp(String text) {
    return hostAndPort(text, "tcp").map(u -> new ListenAddress.Tcp(bare(u.getHost()), u.getPort()));
  }

  private static Optional<ListenAddress> unix(String text) {
    if (!text.startsWith("unix:///")) {
      return Optional.empty();
    }
    String path = text.substring("unix://".length());
    if (path.getBytes(StandardCharsets.UTF_8).length > ListenAddress.MAX_SOCKET_PATH) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ListenAddress.Unix(Path.of(path)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<URI> hostAndPort(String text, String scheme) {
    Optional<URI> uri = uri(text);
    return uri.filter(
        u ->
            scheme.equals(u.getScheme())
                && u.getHost() != null
                && u.getRawUserInfo() == null
                && u.getPort() >= 0
                && u.getPort() <= 65535
                && u.getRawPath().isEmpty()
                && u.getRawQuery() == null
                && u.getRawFragment() == null);
  }

  /** An absolute URI. */
  static Optional<URI> uri(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() && !uri.isOpaque() ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** True for names and addresses that never leave this machine. */
  public static boolean isLoopback(String host) {
    String bare = bare(host);
    return bare.equals("localhost") || bare.equals("::1") || bare.matches("127(\\.\\d{1,3}){3}");
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
