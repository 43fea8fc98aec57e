package io.gat.issue.ruling;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the issuance policy says of an {@link Ask}. */
public sealed interface Ruling {
  /**
   * A token may be minted, and no better one than this.
   *
   * @param rule the rule that grants all of it, as {@code document/name}
   * @param scopes what it may open, at least one, in the order asked for
   * @param ttl how long it may live, at most; the caller's proof and the subject's token may end it
   *     sooner
   * @param narrowed true where this is less than was asked for: the response must say so
   * @param certificate the thumbprint of the certificate that it is bound to ({@code cnf}, RFC
   *     8705), empty for a bearer token
   * @param tags for telemetry, bounded and not personal
   * @param claims more claims as JSON values, by the rule's allow-list
   * @param approval the id of the second person's yes that it stands on, for the audit log; empty
   *     where it needs none
   */
  record Granted(
      String rule,
      List<String> scopes,
      Duration ttl,
      boolean narrowed,
      Optional<String> certificate,
      Map<String, String> tags,
      Map<String, Object> claims,
      String approval)
      implements Ruling {
    /** One that needs nobody's yes. */
    public Granted(
        String rule,
        List<String> scopes,
        Duration ttl,
        boolean narrowed,
        Optional<String> certificate,
        Map<String, String> tags,
        Map<String, Object> claims) {
      this(rule, scopes, ttl, narrowed, certificate, tags, claims, "");
    }

    public Granted {
      Objects.requireNonNull(rule);
      scopes = List.copyOf(scopes);
      Objects.requireNonNull(certificate);
      tags = Map.copyOf(tags);
      claims = Map.copyOf(claims);
      Objects.requireNonNull(approval);
      if (scopes.isEmpty() || !ttl.isPositive()) {
        throw new IllegalArgumentException("a token has a scope and a life");
      }
    }
  }

  /**
   * There is no such token for this caller.
   *
   * @param error what the endpoint answers (RFC 6749, section 5.2; RFC 8707, section 2)
   * @param code from a bounded vocabulary: for metrics, the audit log and the caller
   * @param description a line for the caller: what to do
   */
  record Refused(OauthError error, String code, String description) implements Ruling {
    public Refused {
      Objects.requireNonNull(error);
      Objects.requireNonNull(code);
      Objects.requireNonNull(description);
    }
  }

  /** Too many were asked for; the answer is 429 with {@code retry-after}. */
  record Throttled(Duration retryAfter) implements Ruling {
    public Throttled {
      Objects.requireNonNull(retryAfter);
    }
  }

  /**
   * Nobody can tell now; it is worth asking again.
   *
   * @param why a line for the operator
   */
  record Unavailable(String why) implements Ruling {
    public Unavailable {
      Objects.requireNonNull(why);
    }
  }

  /** Which error of RFC 6749, section 5.2, or of its extensions, a refusal is. */
  enum OauthError {
    INVALID_REQUEST,
    UNAUTHORIZED_CLIENT,
    INVALID_SCOPE,
    /** RFC 8707, section 2, and RFC 8693, section 2.2.2. */
    INVALID_TARGET,
    /** A second person has to allow it first, or has refused. */
    ACCESS_DENIED
  }
}
