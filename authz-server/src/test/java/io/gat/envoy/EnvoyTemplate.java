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
    try {
      return new EnvoyTemplate(
          Files.readString(RepositoryRoot.find().resolve("envoy-config/demo.yaml")));
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
