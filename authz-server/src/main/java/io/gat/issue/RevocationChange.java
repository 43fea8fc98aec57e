package io.gat.issue;

import io.gat.revocation.Revocation;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** What one record of the log does to the revocations in force. */
public sealed interface RevocationChange {
  /**
   * A revocation.
   *
   * @param id its name among all, which lifts it; visible ASCII, in [1, 128] characters
   * @param reason an operator's words, or a code
   * @param by who revoked: an operator's subject, or the part of the program that did
   */
  record Added(String id, Revocation revocation, String reason, String by)
      implements RevocationChange {
    public Added {
      Objects.requireNonNull(id);
      Objects.requireNonNull(revocation);
      Objects.requireNonNull(reason);
      Objects.requireNonNull(by);
    }
  }

  /**
   * One revocation is in force no longer: somebody has said so.
   *
   * @param id the revocation's
   * @param revocation the same, for readers that keep no ids
   */
  record Lifted(String id, Revocation revocation, String reason, String by)
      implements RevocationChange {
    public Lifted {
      Objects.requireNonNull(id);
      Objects.requireNonNull(revocation);
      Objects.requireNonNull(reason);
      Objects.requireNonNull(by);
    }
  }

  /**
   * Entries that reach no later tokens and were made before a time can hit no token any more: all
   * that they were for have expired (DESIGN.md, section 9).
   *
   * @param before in whole milliseconds
   */
  record Ended(Instant before) implements RevocationChange {
    public Ended {
      before = before.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  /**
   * The log was restored from a backup, and somebody has accepted that. All tokens issued until
   * then are revoked by a change beside this one, so whoever knew the log before loses nothing by
   * going over to it.
   *
   * @param from the incarnation before
   */
  record Accepted(String from) implements RevocationChange {
    public Accepted {
      Objects.requireNonNull(from);
    }
  }
}
