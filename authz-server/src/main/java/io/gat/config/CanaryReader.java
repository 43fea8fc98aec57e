package io.gat.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code issuer.canary}. */
final class CanaryReader {
  private static final List<String> KEYS =
      List.of("target", "tls", "method", "host", "path", "audience", "scope", "every");
  private static final Duration EVERY = Duration.ofSeconds(30);

  private CanaryReader() {}

  /** The section; empty where it is absent or has problems. */
  static Optional<CanaryConfig> read(Section issuer) {
    Section section = issuer.section("canary", KEYS);
    if (section == null) {
      return Optional.empty();
    }
    ListenAddress.Tcp target = target(section);
    Optional<TlsConfig> tls = FeedReader.tls(section, "ca", "the authz server's authorities");
    boolean sound = target != null && (!section.has("tls") || tls.isPresent());
    if (target != null && !section.has("tls") && !Addresses.isLoopback(target.host())) {
      section.refuse(
          "target",
          "the probe token would go to another machine as plain text",
          "add tls: {ca: …, certificate: …, key: …} beside it");
      sound = false;
    }
    String method = section.text("method");
    String host = needed(section, "host", "write a host of the service that takes the probe");
    String path = needed(section, "path", "write the path that one of its rules opens");
    String audience = needed(section, "audience", "write an audience of the service");
    String scope = needed(section, "scope", "write the scope that the rule asks for");
    Duration every = section.duration("every", EVERY);
    if (every.compareTo(CanaryConfig.LEAST) < 0 || every.compareTo(CanaryConfig.MOST) > 0) {
      section.refuse("every", "out of range", "write 10s to 1h");
      sound = false;
    }
    if (path != null && !path.startsWith("/")) {
      section.refuse("path", "\"" + path + "\" is no path", "begin it with /");
      sound = false;
    }
    return !sound
            || target == null
            || host == null
            || path == null
            || audience == null
            || scope == null
        ? Optional.empty()
        : Optional.of(
            new CanaryConfig(
                target,
                tls,
                new CanaryConfig.Call(method == null ? "GET" : method, host, path, audience, scope),
                every));
  }

  private static ListenAddress.@Nullable Tcp target(Section section) {
    String text = needed(section, "target", "write tcp://host:9191, where an authz server listens");
    if (text == null) {
      return null;
    }
    Optional<ListenAddress.Tcp> address = Addresses.tcp(text).filter(a -> a.port() > 0);
    if (address.isEmpty()) {
      section.refuse("target", "\"" + text + "\" is no address", Addresses.TCP.remedy());
    }
    return address.orElse(null);
  }

  private static @Nullable String needed(Section section, String key, String remedy) {
    if (!section.has(key)) {
      section.missing(key, remedy);
      return null;
    }
    return section.text(key);
  }
}
