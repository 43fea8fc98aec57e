package io.gat.issue.caller;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/** What somebody shows to prove who they are; nothing of it is true yet. */
public sealed interface Shown {
  /**
   * The certificates of the TLS connection. TLS has checked that the caller has the first one's
   * key; whether anybody who is trusted has signed it is the authenticator's to say.
   *
   * @param chain the caller's own first, at least one
   */
  record Certificates(List<X509Certificate> chain) implements Shown {
    public Certificates {
      chain = List.copyOf(chain);
      if (chain.isEmpty()) {
        throw new IllegalArgumentException("a chain has a certificate");
      }
    }
  }

  /** A client's id and secret (RFC 6749, section 2.3.1). */
  record ClientSecret(String client, Secret secret) implements Shown {
    public ClientSecret {
      Objects.requireNonNull(client);
      Objects.requireNonNull(secret);
    }
  }

  /**
   * A signed assertion: a {@code client_assertion} (RFC 7521, section 4.2), the {@code assertion}
   * of a JWT bearer grant (RFC 7523, section 2.1), or a foreign subject or actor token (RFC 8693).
   *
   * @param client the {@code client_id} beside it, empty for none
   * @param type the {@code client_assertion_type} or token type that it came with, a URI; empty
   *     where the place says it
   * @param compact the JWT
   */
  record Assertion(String client, String type, Secret compact) implements Shown {
    public Assertion {
      Objects.requireNonNull(client);
      Objects.requireNonNull(type);
      Objects.requireNonNull(compact);
    }
  }

  /** A legacy caller's key, from the {@code x-api-key} header. */
  record ApiKey(Secret key) implements Shown {
    public ApiKey {
      Objects.requireNonNull(key);
    }
  }
}
