package io.gat.issue.grant;

import io.gat.issue.MintedToken;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What the token endpoint answers. */
public sealed interface Reply {
  /**
   * A token, which the audit log has.
   *
   * @param scopes what it opens: what was asked for, or less
   * @param expiresIn how long it still lives, in whole seconds
   * @param issuedType the {@code issued_token_type} (RFC 8693, section 2.2.1); empty where the
   *     grant has none
   */
  record Granted(MintedToken token, List<String> scopes, Duration expiresIn, String issuedType)
      implements Reply {
    public Granted {
      Objects.requireNonNull(token);
      scopes = List.copyOf(scopes);
      Objects.requireNonNull(expiresIn);
      Objects.requireNonNull(issuedType);
    }
  }

  /**
   * There is no token for this request; to repeat it is no use.
   *
   * @param code why, from a bounded vocabulary
   * @param description a line for whoever asks
   */
  record Refused(TokenError error, String code, String description) implements Reply {
    public Refused {
      Objects.requireNonNull(error);
      Objects.requireNonNull(code);
      Objects.requireNonNull(description);
    }
  }

  /** Too many were asked for; later there may be one. */
  record Throttled(Duration retryAfter) implements Reply {
    public Throttled {
      Objects.requireNonNull(retryAfter);
    }
  }

  /**
   * Nobody can tell now, or the log does not take it; it is worth asking again.
   *
   * @param code why, from a bounded vocabulary
   * @param why a line for the operator, not for whoever asks
   */
  record Unavailable(String code, String why) implements Reply {
    public Unavailable {
      Objects.requireNonNull(code);
      Objects.requireNonNull(why);
    }
  }
}
