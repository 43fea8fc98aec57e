package io.gat.call;

import io.gat.policy.Upstream;
import java.util.Objects;

/**
 * What an allowed call carries to the service beside what the caller sent, and back to the caller.
 *
 * @param identity whether the service gets {@code x-gat-*} headers; the caller's own are removed
 *     either way
 * @param token which calls keep their token
 * @param correlation whether the response tells the caller {@code x-gat-txn} and {@code
 *     x-gat-token-id}
 */
public record UpstreamHeaders(Identity identity, Token token, Correlation correlation) {
  public UpstreamHeaders {
    Objects.requireNonNull(identity);
    Objects.requireNonNull(token);
    Objects.requireNonNull(correlation);
  }

  /** The default: identity headers are sent, the token goes where the credential wants it to. */
  public static UpstreamHeaders standard() {
    return new UpstreamHeaders(Identity.SEND, Token.BY_CREDENTIAL, Correlation.OMIT);
  }

  /** The same, but for what a service chooses itself. */
  UpstreamHeaders preferring(Upstream service) {
    if (service.equals(Upstream.configured())) {
      return this;
    }
    return new UpstreamHeaders(
        switch (service.headers()) {
          case CONFIGURED -> identity;
          case YES -> Identity.SEND;
          case NO -> Identity.OMIT;
        },
        switch (service.forwardToken()) {
          case CONFIGURED -> token;
          case YES -> Token.KEEP;
          case NO -> Token.REMOVE;
        },
        correlation);
  }

  /** Whether {@code x-gat-*} headers are sent. */
  public enum Identity {
    SEND,
    OMIT
  }

  /** Whether a response tells which token and which transaction it belongs to. */
  public enum Correlation {
    SEND,
    OMIT
  }

  /** Which calls keep their token. */
  public enum Token {
    /** A verified {@code txn-token} is kept, for the next hop; {@code authorization} is not. */
    BY_CREDENTIAL,
    /** Every one is kept, on public rules also one that nobody verified. */
    KEEP,
    REMOVE
  }
}
