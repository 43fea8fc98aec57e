package io.gat.audit;

import java.time.Instant;
import java.util.Objects;

/** How an audit log is. */
public sealed interface AuditHealth {
  /** It takes events, and its checkpoints leave. */
  record Sound() implements AuditHealth {}

  /**
   * It takes events, but no checkpoint has left it for a while: whoever cuts its end now is not
   * found out.
   *
   * @param since when the first one did not leave
   * @param why a line for the operator
   */
  record NotExported(Instant since, String why) implements AuditHealth {
    public NotExported {
      Objects.requireNonNull(since);
      Objects.requireNonNull(why);
    }
  }

  /**
   * It takes nothing any more, so nothing can be issued, until the server is started anew.
   *
   * @param why a line for the operator
   */
  record Ended(String why) implements AuditHealth {
    public Ended {
      Objects.requireNonNull(why);
    }
  }
}
