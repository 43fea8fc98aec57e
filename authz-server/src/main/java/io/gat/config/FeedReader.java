package io.gat.config;

import io.gat.policy.parse.YamlNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code issuer.feed} and the {@code feed} of a trusted issuer's {@code keys}. */
final class FeedReader {
  private static final ListenAddress.Tcp LISTEN = new ListenAddress.Tcp("127.0.0.1", 9193);
  private static final String CERTIFICATE = "give a PEM file with the certificate";
  private static final String BEARER =
      "give a file of mode 0600 with a random text, such as `openssl rand -hex 32` makes";
  private static final String KEY = "give a PEM file with the certificate's private key";

  private FeedReader() {}

  /** The issuer's side; the default where it has problems. */
  static FeedConfig server(Section issuer) {
    Section section = issuer.section("feed", List.of("listen", "tls", "bearer-file"));
    FeedConfig standard = new FeedConfig(LISTEN, Optional.empty(), FeedConfig.Origin.STANDARD);
    if (section == null) {
      return standard;
    }
    ListenAddress.Tcp listen = section.listen("listen", LISTEN, Addresses.TCP);
    Optional<TlsConfig> tls = tls(section, "client-ca", "the authorities of authz servers");
    if (tls.isEmpty() && !Addresses.isLoopback(listen.host())) {
      if (!section.has("tls")) {
        section.refuse(
            "listen",
            "a feed that other machines reach shows who is revoked, and takes claims",
            "add tls: {certificate: …, key: …, client-ca: …} beside it, or listen on 127.0.0.1");
      }
      return standard;
    }
    return new FeedConfig(listen, tls, bearer(section), FeedConfig.Origin.CONFIGURED);
  }

  /**
   * The authz server's side; null where it has problems.
   *
   * @param embedded whether the issuer is in the same process, so that nobody connects
   */
  static KeysConfig.@Nullable Feed client(Section keys, boolean embedded) {
    List<ListenAddress.Tcp> addresses = new ArrayList<>();
    List<YamlNode> items = keys.oneOrMore("feed");
    if (items.isEmpty()) {
      keys.refuse("feed", "no address is given", "write tcp://host:port");
      return null;
    }
    Optional<TlsConfig> tls = tls(keys, "ca", "the issuer's authorities");
    boolean sound = !keys.has("tls") || tls.isPresent();
    Optional<Path> bearer = bearer(keys);
    for (YamlNode item : items) {
      String text = keys.text(item);
      Optional<ListenAddress.Tcp> address =
          text == null ? Optional.empty() : Addresses.tcp(text).filter(a -> a.port() > 0);
      if (address.isEmpty()) {
        sound = false;
        if (text != null) {
          keys.refuse(item, "\"" + text + "\" is not a feed's address", Addresses.TCP.remedy());
        }
      } else if (!embedded && !keys.has("tls") && !Addresses.isLoopback(address.get().host())) {
        sound = false;
        keys.refuse(
            item,
            "the feed of another machine needs certificates on both sides",
            "add tls: {ca: …, certificate: …, key: …} beside `feed`");
      } else {
        addresses.add(address.get());
      }
    }
    return sound ? new KeysConfig.Feed(addresses, tls, bearer) : null;
  }

  /** Where certificates say who connects, a bearer would only be one more secret to lose. */
  private static Optional<Path> bearer(Section section) {
    if (!section.has("bearer-file")) {
      return Optional.empty();
    }
    Path file = section.path("bearer-file");
    if (file != null && !Files.isRegularFile(file)) {
      section.refuse("bearer-file", "there is no file " + file, BEARER);
      return Optional.empty();
    }
    if (file != null && section.has("tls")) {
      section.refuse(
          "bearer-file",
          "certificates say who connects already",
          "remove it; a bearer is for loopback, where there are none");
      return Optional.empty();
    }
    return Optional.ofNullable(file);
  }

  static Optional<TlsConfig> tls(Section section, String ca, String authorities) {
    Section tls = section.section("tls", List.of("certificate", "key", ca));
    if (tls == null) {
      return Optional.empty();
    }
    Path certificate = ConnectionsReader.file(tls, "certificate", CERTIFICATE);
    Path key = ConnectionsReader.file(tls, "key", KEY);
    Path trusted = ConnectionsReader.file(tls, ca, "give a PEM file with " + authorities);
    return certificate == null || key == null || trusted == null
        ? Optional.empty()
        : Optional.of(new TlsConfig(certificate, key, Optional.of(trusted)));
  }
}
