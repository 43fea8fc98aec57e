package io.gat.call;

import java.util.Locale;

/** Which proxy asks gat over plain HTTP: each tells of the original call in headers of its own. */
public enum Flavour {
  /** Envoy's {@code ext_authz} with an {@code http_service}, Istio's {@code envoyExtAuthzHttp}. */
  ENVOY,
  /** nginx's {@code auth_request}; also ingress-nginx. */
  NGINX,
  /** Traefik's {@code ForwardAuth}. */
  TRAEFIK;

  /** The word in a configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
