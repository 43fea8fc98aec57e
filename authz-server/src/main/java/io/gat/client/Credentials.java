package io.gat.client;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** How a caller proves who it is. None of them prints a secret. */
public sealed interface Credentials {
  /** The {@code authorization} header that goes with a request; empty for none. */
  default Optional<String> authorization() {
    return Optional.empty();
  }

  /**
   * The form's fields that go with a request.
   *
   * @throws IOException where a file with one cannot be read
   */
  default Map<String, String> fields() throws IOException {
    return Map.of();
  }

  /** Nothing but the certificate of the TLS connection, or nothing at all. */
  record OfConnection() implements Credentials {}

  /** A client's id and secret (RFC 6749, section 2.3.1). */
  final class ClientSecret implements Credentials {
    private final String client;
    private final String secret;

    public ClientSecret(String client, String secret) {
      this.client = Objects.requireNonNull(client);
      this.secret = Objects.requireNonNull(secret);
    }

    @Override
    public Optional<String> authorization() {
      String pair = encoded(client) + ":" + encoded(secret);
      return Optional.of(
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "ClientSecret[" + client + "]";
    }
  }

  /**
   * A signed assertion (RFC 7521, section 4.2) in a file, which is read for each request: whoever
   * writes it may renew it.
   */
  record AssertionFile(Path file) implements Credentials {
    /** RFC 7523, section 2.2. */
    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public AssertionFile {
      Objects.requireNonNull(file);
    }

    @Override
    public Map<String, String> fields() throws IOException {
      return Map.of(
          "client_assertion_type",
          TYPE,
          "client_assertion",
          Files.readString(file, StandardCharsets.UTF_8).strip());
    }
  }
}
