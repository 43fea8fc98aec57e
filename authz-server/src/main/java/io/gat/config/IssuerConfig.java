package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The issuer role. */
public final class IssuerConfig {
  private final String url;
  private final ListenAddress.Http listen;
  private final @Nullable Path issuance;
  private final Path data;
  private final SigningConfig keys;
  private final AuditConfig audit;
  private final FeedConfig feed;
  private final @Nullable CanaryConfig canary;

  IssuerConfig(
      String url,
      ListenAddress.Http listen,
      @Nullable Path issuance,
      Path data,
      SigningConfig keys,
      AuditConfig audit,
      FeedConfig feed,
      @Nullable CanaryConfig canary) {
    this.url = Objects.requireNonNull(url);
    this.listen = Objects.requireNonNull(listen);
    this.issuance = issuance;
    this.data = Objects.requireNonNull(data);
    this.keys = Objects.requireNonNull(keys);
    this.audit = Objects.requireNonNull(audit);
    this.feed = Objects.requireNonNull(feed);
    this.canary = canary;
  }

  /** The {@code iss} of its tokens. */
  public String url() {
    return url;
  }

  /** Default {@code http://127.0.0.1:9192}. */
  public ListenAddress.Http listen() {
    return listen;
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

  /** How it tries its own revocations; empty where it does not. */
  public Optional<CanaryConfig> canary() {
    return Optional.ofNullable(canary);
  }

  /** Where authz servers of other processes follow it. */
  public FeedConfig feed() {
    return feed;
  }
}
