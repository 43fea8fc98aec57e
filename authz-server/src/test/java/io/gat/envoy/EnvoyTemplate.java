package io.gat.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Objects;

/**
 * The text of an Envoy configuration that is made from the shipped {@code envoy-config/demo.yaml},
 * so that tests run what users run.
 */
public record EnvoyTemplate(String text) {
  private static final String EXT_AUTHZ_FILTER =
      "                  - name: envoy.filters.http.ext_authz\n";

  /** The response header that {@link #showingMetadata} adds. */
  public static final String METADATA_HEADER = "x-test-metadata";

  public EnvoyTemplate {
    Objects.requireNonNull(text);
  }

  /** The shipped file as it is. */
  public static EnvoyTemplate shipped() {
    return of("demo.yaml");
  }

  /** The shipped file for plain HTTP, with the ports of tests. */
  public static EnvoyTemplate overHttp() {
    return of("http-service.yaml")
        .replacing("port_value: 9901", "port_value: @ADMIN_PORT@")
        .replacing(
            "address: 0.0.0.0, port_value: 8080", "address: 127.0.0.1, port_value: @LISTEN_PORT@")
        .replacing("port_value: 8081", "port_value: @UPSTREAM_PORT@")
        .replacing(" timeout: 0.25s ", " timeout: 60s ")
        .replacing(
            "socket_address: {address: 127.0.0.1, port_value: 9196}",
            "pipe: {path: \"@AUTHZ_SOCKET@\"}");
  }

  private static EnvoyTemplate of(String name) {
    try {
      return new EnvoyTemplate(
          Files.readString(RepositoryRoot.find().resolve("envoy-config").resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This configuration with one passage replaced, which must be there exactly once. */
  public EnvoyTemplate replacing(String passage, String replacement) {
    int first = text.indexOf(passage);
    if (first < 0 || text.indexOf(passage, first + 1) >= 0) {
      throw new IllegalArgumentException("not exactly once in the template: " + passage);
    }
    return new EnvoyTemplate(text.replace(passage, replacement));
  }

  /** Where no check is too slow: how busy the machine is must not decide a test. */
  public EnvoyTemplate patient() {
    return replacing("timeout: 2s", "timeout: 60s");
  }

  /** With Envoy's own joining and cleaning of headers. */
  public EnvoyTemplate joiningHeaders() {
    return replacing("encode_raw_headers: true", "encode_raw_headers: false");
  }

  /** Where an error lets calls through. */
  public EnvoyTemplate failingOpen() {
    return replacing("failure_mode_allow: false", "failure_mode_allow: true");
  }

  /** With gat's metadata as JSON in a response header, on local replies too. */
  public EnvoyTemplate showingMetadata() {
    return replacing(
        EXT_AUTHZ_FILTER,
        """
                          - name: envoy.filters.http.header_mutation
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                              mutations:
                                response_mutations:
                                  - append:
                                      header:
                                        key: x-test-metadata
                                        value: "%DYNAMIC_METADATA(envoy.filters.http.ext_authz:gat)%"
        """
            + EXT_AUTHZ_FILTER);
  }
}
