package io.gat.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What came of a request for a token. */
public sealed interface TokenAnswer {
  /** A token (RFC 6749, section 5.1). It does not print. */
  final class Granted implements TokenAnswer {
    private final String token;
    private final Duration expiresIn;
    private final List<String> scopes;
    private final URI issuer;

    Granted(String token, Duration expiresIn, List<String> scopes, URI issuer) {
      this.token = Objects.requireNonNull(token);
      this.expiresIn = Objects.requireNonNull(expiresIn);
      this.scopes = List.copyOf(scopes);
      this.issuer = Objects.requireNonNull(issuer);
    }

    public String token() {
      return token;
    }

    /** How long it lives from the answer on. */
    public Duration expiresIn() {
      return expiresIn;
    }

    /** What it opens: it may be less than what was asked for. */
    public List<String> scopes() {
      return scopes;
    }

    /** Who has given it. */
    public URI issuer() {
      return issuer;
    }

    @Override
    public String toString() {
      return "Granted[" + scopes + " by " + issuer + "]";
    }
  }

  /**
   * There is no such token (RFC 6749, section 5.2); no other issuer gives it either.
   *
   * @param error the standard's code
   * @param description a line for a person, empty for none
   */
  record Refused(int status, String error, String description, URI issuer) implements TokenAnswer {
    public Refused {
      Objects.requireNonNull(error);
      Objects.requireNonNull(description);
      Objects.requireNonNull(issuer);
    }
  }

  /** Too many were asked for: nobody is asked before that time is over. */
  record Throttled(Duration retryAfter) implements TokenAnswer {
    public Throttled {
      Objects.requireNonNull(retryAfter);
    }
  }

  /**
   * No issuer has answered.
   *
   * @param why a line for each that was asked
   */
  record Unavailable(List<String> why) implements TokenAnswer {
    public Unavailable {
      why = List.copyOf(why);
    }
  }
}
