package io.gat.issue.caller;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Somebody who has proved who they are. Only the authenticators of this package make one.
 *
 * <p>Its claims are what the proof says besides: they may decide, and are neither logged nor copied
 * into a token unless an issuance rule names them.
 */
public final class Caller {
  private final Way way;
  private final String authenticator;
  private final String principal;
  private final String subject;
  private final String client;
  private final Instant until;
  private final Map<String, Object> claims;

  /**
   * A caller.
   *
   * @param authenticator the configured name of who says so
   * @param principal as issuance rules write it: {@code spiffe://…}, {@code k8s:namespace/account},
   *     {@code oidc:issuer#subject}, {@code client:id} or {@code api-key:id}
   * @param subject the {@code sub} of a token about itself
   * @param client the {@code client_id} of a token that it presents
   * @param until when the proof ends, exclusive: no token lives longer; {@link Instant#MAX} where
   *     it does not
   * @param claims JSON values by name
   */
  Caller(
      Way way,
      String authenticator,
      String principal,
      String subject,
      String client,
      Instant until,
      Map<String, Object> claims) {
    this.way = Objects.requireNonNull(way);
    this.authenticator = Objects.requireNonNull(authenticator);
    this.principal = Objects.requireNonNull(principal);
    this.subject = Objects.requireNonNull(subject);
    this.client = Objects.requireNonNull(client);
    this.until = Objects.requireNonNull(until);
    this.claims = Map.copyOf(claims);
    if (principal.isEmpty() || subject.isEmpty() || client.isEmpty()) {
      throw new IllegalArgumentException("somebody has a name");
    }
  }

  /** How somebody has proved who they are. */
  public enum Way {
    X509_SVID,
    JWT_SVID,
    KUBERNETES,
    OIDC,
    CLIENT_SECRET,
    PRIVATE_KEY_JWT,
    API_KEY;

    /** The word in metrics and in the audit log. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Way way() {
    return way;
  }

  /** The configured name of the authenticator. */
  public String authenticator() {
    return authenticator;
  }

  /** As issuance rules write it. */
  public String principal() {
    return principal;
  }

  /** The {@code sub} of a token about itself. */
  public String subject() {
    return subject;
  }

  /** The {@code client_id} of a token that it presents. */
  public String client() {
    return client;
  }

  /** When the proof ends, exclusive; {@link Instant#MAX} where it does not. */
  public Instant until() {
    return until;
  }

  /** What the proof says besides, as JSON values; unmodifiable. */
  public Map<String, Object> claims() {
    return claims;
  }

  @Override
  public String toString() {
    return "Caller[" + principal + " by " + way.word() + "]";
  }
}
