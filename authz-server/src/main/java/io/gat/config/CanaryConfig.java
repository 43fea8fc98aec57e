package io.gat.config;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How an issuer tries its own revocations, again and again.
 *
 * @param target the ext_authz address of an authz server that trusts this issuer
 * @param tls with the authz server's authorities; present unless {@code target} is on loopback
 * @param call the call that the probe is for: a rule of that server's policy must allow it with
 *     {@code scope}
 * @param every in [10 s, 1 h], default 30 s
 */
public record CanaryConfig(
    ListenAddress.Tcp target, Optional<TlsConfig> tls, Call call, Duration every) {
  static final Duration LEAST = Duration.ofSeconds(10);
  static final Duration MOST = Duration.ofHours(1);

  public CanaryConfig {
    Objects.requireNonNull(call);
    if (tls.isEmpty() && !Addresses.isLoopback(target.host())) {
      throw new IllegalArgumentException("beyond loopback the probe goes over TLS");
    }
    if (every.compareTo(LEAST) < 0 || every.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("every is in [10 s, 1 h]");
    }
  }

  /**
   * A call.
   *
   * @param audience of the probe token
   * @param scope of it, one
   */
  public record Call(String method, String host, String path, String audience, String scope) {
    public Call {
      Objects.requireNonNull(method);
      Objects.requireNonNull(host);
      Objects.requireNonNull(path);
      Objects.requireNonNull(audience);
      Objects.requireNonNull(scope);
    }
  }
}
