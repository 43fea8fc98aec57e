package io.gat.config;

import io.gat.call.Flavour;
import java.util.Objects;

/**
 * A listener for proxies that ask over plain HTTP.
 *
 * @param pathPrefix what Envoy writes before every path; empty, or a path without a slash at its
 *     end
 */
public record HttpAuthzConfig(ListenAddress.Http listen, Flavour flavour, String pathPrefix) {
  public HttpAuthzConfig {
    Objects.requireNonNull(listen);
    Objects.requireNonNull(flavour);
    Objects.requireNonNull(pathPrefix);
  }
}
