package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** The issuer role. */
public final class IssuerConfig {
  private final String url;
  private final ListenAddress.Http listen;
  private final IssuanceConfig issuance;
  private final Path data;
  private final SigningConfig keys;
  private final AuditConfig audit;
  private final FeedConfig feed;

  IssuerConfig(
      String url,
      ListenAddress.Http listen,
      IssuanceConfig issuance,
      Path data,
      SigningConfig keys,
      AuditConfig audit,
      FeedConfig feed) {
    this.url = Objects.requireNonNull(url);
    this.listen = Objects.requireNonNull(listen);
    this.issuance = Objects.requireNonNull(issuance);
    this.data = Objects.requireNonNull(data);
    this.keys = Objects.requireNonNull(keys);
    this.audit = Objects.requireNonNull(audit);
    this.feed = Objects.requireNonNull(feed);
  }

  /** The {@code iss} of its tokens. */
  public String url() {
    return url;
  }

  /** Default {@code http://127.0.0.1:9192}. */
  public ListenAddress.Http listen() {
    return listen;
  }

  /** The issuance policy's file or folder. */
  public Optional<Path> issuance() {
    return issuance.policy();
  }

  /** By what it decides who gets which token. */
  public IssuanceConfig issuing() {
    return issuance;
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
}
