package io.gat.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The issuer role. */
public final class IssuerConfig {
  private final String url;
  private final ListenAddress.Http listen;
  private final Optional<TlsConfig> tls;
  private final List<CallerConfig> callers;
  private final @Nullable Path issuance;
  private final Path data;
  private final SigningConfig keys;
  private final AuditConfig audit;
  private final FeedConfig feed;
  private final Map<String, Set<String>> introspection;

  IssuerConfig(
      String url,
      ListenAddress.Http listen,
      Optional<TlsConfig> tls,
      List<CallerConfig> callers,
      @Nullable Path issuance,
      Path data,
      SigningConfig keys,
      AuditConfig audit,
      FeedConfig feed,
      Map<String, Set<String>> introspection) {
    this.url = Objects.requireNonNull(url);
    this.listen = Objects.requireNonNull(listen);
    this.tls = Objects.requireNonNull(tls);
    this.callers = List.copyOf(callers);
    this.issuance = issuance;
    this.data = Objects.requireNonNull(data);
    this.keys = Objects.requireNonNull(keys);
    this.audit = Objects.requireNonNull(audit);
    this.feed = Objects.requireNonNull(feed);
    this.introspection = Map.copyOf(introspection);
  }

  /** The {@code iss} of its tokens. */
  public String url() {
    return url;
  }

  /** Default {@code http://127.0.0.1:9192}. */
  public ListenAddress.Http listen() {
    return listen;
  }

  /** Present where it listens on https. */
  public Optional<TlsConfig> tls() {
    return tls;
  }

  /** How its callers prove who they are; without any, nobody gets a token from it. */
  public List<CallerConfig> callers() {
    return callers;
  }

  /** The issuance policy's file. */
  public Optional<Path> issuance() {
    return Optional.ofNullable(issuance);
  }

  /** The folder of the embedded log ({@code log.embedded}). */
  public Path data() {
    return data;
  }

  /** How its signing keys live, and what encrypts them. */
  public SigningConfig keys() {
    return keys;
  }

  /** Where the audit log goes besides. */
  public AuditConfig audit() {
    return audit;
  }

  /** Where authz servers of other processes follow it. */
  public FeedConfig feed() {
    return feed;
  }

  /** By principal: of tokens for which audiences it may learn, besides its own. */
  public Map<String, Set<String>> introspection() {
    return introspection;
  }
}
