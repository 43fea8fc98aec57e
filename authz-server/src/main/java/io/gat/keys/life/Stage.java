package io.gat.keys.life;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** How far a key's life has come. */
public sealed interface Stage {
  /** Published, so that readers learn of it; it signs nothing, and no issuer has claimed it. */
  record Pending() implements Stage {}

  /**
   * One issuer has claimed it and signs with it.
   *
   * @param writer which issuer
   * @param since when it was claimed
   * @param position of the record that says so
   * @param signsUntil the issuer's promise: from then on it signs no more, unless it has renewed
   *     the promise before, exclusive
   */
  record Active(String writer, KeyRole role, Instant since, long position, Instant signsUntil)
      implements Stage {
    public Active {
      Objects.requireNonNull(writer);
      Objects.requireNonNull(role);
      Objects.requireNonNull(since);
      Objects.requireNonNull(signsUntil);
    }
  }

  /**
   * It signs no more; its tokens live on.
   *
   * @param writer which issuer has signed with it
   * @param since when it was claimed
   * @param position of the record that says so
   * @param at when it stopped
   * @param toldFor how long its end has to be in the key set
   * @param ends when its last token has expired for every validator, and every reader knows this
   *     end: it is taken out of the key set then, exclusive
   */
  record Retiring(
      String writer,
      KeyRole role,
      Instant since,
      long position,
      Instant at,
      Duration toldFor,
      Instant ends)
      implements Stage {
    public Retiring {
      Objects.requireNonNull(writer);
      Objects.requireNonNull(role);
      Objects.requireNonNull(since);
      Objects.requireNonNull(at);
      Objects.requireNonNull(toldFor);
      Objects.requireNonNull(ends);
    }

    /** The same, where its end is told since that time. */
    Retiring toldAt(Instant time) {
      Instant end = KeyTerms.wholeSecond(time.plus(toldFor));
      return end.isAfter(ends)
          ? new Retiring(writer, role, since, position, at, toldFor, end)
          : this;
    }
  }

  /**
   * It is no part of the key set any more.
   *
   * @param writer which issuer has signed with it, empty for none
   * @param role which tokens it has signed, if any
   * @param position of the record by which that issuer had claimed it, 0 for none
   * @param at when
   */
  record Retired(String writer, KeyRole role, long position, Instant at, Why why) implements Stage {
    public Retired {
      Objects.requireNonNull(writer);
      Objects.requireNonNull(role);
      Objects.requireNonNull(at);
      Objects.requireNonNull(why);
    }
  }

  /** Why a key is retired. */
  enum Why {
    /** Its last token has expired. */
    SPENT,
    /** Nobody had a use for it. */
    UNUSED,
    /** An operator revoked it and all that it has signed. */
    REVOKED
  }
}
