package io.gat.issue.ruling;

import io.gat.issue.caller.Caller;
import io.gat.issue.caller.Secret;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The token that a caller asks for. */
public final class Ask {
  private final Caller caller;
  private final Optional<Subject> subject;
  private final String audience;
  private final List<String> scopes;
  private final @Nullable Duration ttl;
  private final Optional<String> certificate;
  private final Map<String, String> tags;
  private final List<Secret> attestations;
  private final String approval;

  /**
   * What is asked for.
   *
   * @param caller who asks and will present the token
   * @param subject on whose behalf, empty for the caller's own
   * @param audience for whom the token shall be
   * @param scopes what it shall open, in the order asked for; may be empty
   * @param ttl how long it shall live, above 0; null where that is left to the issuer
   * @param certificate the base64url SHA-256 of the caller's TLS certificate (RFC 8705, section
   *     3.1), where there is one
   * @param tags asked for, for telemetry
   * @param attestations signed results of verifiers, not verified yet
   * @param approval the id of a second person's approval, empty for none
   */
  public Ask(
      Caller caller,
      Optional<Subject> subject,
      String audience,
      List<String> scopes,
      @Nullable Duration ttl,
      Optional<String> certificate,
      Map<String, String> tags,
      List<Secret> attestations,
      String approval) {
    this.caller = Objects.requireNonNull(caller);
    this.subject = Objects.requireNonNull(subject);
    this.audience = Objects.requireNonNull(audience);
    this.scopes = List.copyOf(new LinkedHashSet<>(scopes));
    this.ttl = ttl;
    this.certificate = Objects.requireNonNull(certificate);
    this.tags = Map.copyOf(tags);
    this.attestations = List.copyOf(attestations);
    this.approval = Objects.requireNonNull(approval);
    if (ttl != null && !ttl.isPositive()) {
      throw new IllegalArgumentException("a token lives longer than zero");
    }
  }

  public Caller caller() {
    return caller;
  }

  public Optional<Subject> subject() {
    return subject;
  }

  public String audience() {
    return audience;
  }

  /** In the order asked for, each once; may be empty. */
  public List<String> scopes() {
    return scopes;
  }

  /** Empty where it is left to the issuer. */
  public Optional<Duration> ttl() {
    return Optional.ofNullable(ttl);
  }

  /** The thumbprint of the caller's TLS certificate. */
  public Optional<String> certificate() {
    return certificate;
  }

  public Map<String, String> tags() {
    return tags;
  }

  public List<Secret> attestations() {
    return attestations;
  }

  /** Empty for none. */
  public String approval() {
    return approval;
  }
}
