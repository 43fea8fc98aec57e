package io.gat.policy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What speaks for a request for a token beside who asks, all of it proved.
 *
 * @param certificate whether the caller's TLS connection has a certificate that a token can be
 *     bound to
 * @param attestations what verifiers say of the caller
 * @param approvals who has said yes to this request, and under which rule
 */
public record Evidence(
    Connection certificate, List<Attested> attestations, Set<Approved> approvals) {
  /** Nothing speaks for it. */
  public static final Evidence NONE = new Evidence(Connection.PLAIN, List.of(), Set.of());

  public Evidence {
    Objects.requireNonNull(certificate);
    attestations = List.copyOf(attestations);
    approvals = Set.copyOf(approvals);
  }

  /** What the caller's connection shows. */
  public enum Connection {
    PLAIN,
    CERTIFICATE
  }

  /**
   * A verifier's result about the caller.
   *
   * @param verifier its configured name
   * @param claims JSON values by name
   * @param age since it was signed
   */
  public record Attested(String verifier, Map<String, Object> claims, Duration age) {
    public Attested {
      Objects.requireNonNull(verifier);
      claims = Map.copyOf(claims);
      Objects.requireNonNull(age);
    }
  }

  /**
   * A second person's yes to this request, in its time.
   *
   * @param rule the rule that it was asked for, as {@code document/name}; empty for any, which only
   *     tests say
   * @param by the operator's subject
   */
  public record Approved(String rule, String by) {
    public Approved {
      Objects.requireNonNull(rule);
      Objects.requireNonNull(by);
    }
  }
}
