package io.gat.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All revocations in force, immutable and exact, for a million entries as for none.
 *
 * <p>Entries lie in a few {@link Segment}s, each at least {@value #GROWTH} times as big as the
 * next: a new entry makes a small new segment, and segments that have come near in size are merged.
 * So a change copies little, a look-up asks few, and a check that holds an older set is not
 * disturbed.
 *
 * <p>An entry is 64 bits beside its key: the millisecond up to which tokens are hit (rounded up, so
 * that no token is spared by rounding), the issuer by its number, and the reach.
 */
public final class RevocationSet {
  private static final int GROWTH = 8;
  private static final int ISSUER_BITS = 20;
  private static final int MAX_ISSUERS = (1 << ISSUER_BITS) - 1;
  private static final int ANY_ISSUER = 0;
  private static final long MAX_MILLIS = (1L << 42) - 1;

  private final List<Segment> segments;
  private final List<String> issuers;
  private final Duration leeway;

  private RevocationSet(List<Segment> segments, List<String> issuers, Duration leeway) {
    this.segments = segments;
    this.issuers = issuers;
    this.leeway = leeway;
  }

  /** A set of nothing, for whoever has no revocations to expect. */
  public static RevocationSet empty() {
    return empty(Duration.ZERO);
  }

  /**
   * A set of nothing.
   *
   * @param leeway how much later than an entry a token may say it was issued and still be hit
   */
  public static RevocationSet empty(Duration leeway) {
    return new RevocationSet(List.of(), List.of(), leeway);
  }

  /**
   * A set of these entries.
   *
   * @param leeway as above
   */
  public static RevocationSet of(Collection<Revocation> entries, Duration leeway) {
    return empty(leeway).with(entries);
  }

  /** How much later than an entry a token may say it was issued and still be hit. */
  public Duration leeway() {
    return leeway;
  }

  /** The same entries with another {@link #leeway}. */
  public RevocationSet withLeeway(Duration other) {
    return new RevocationSet(segments, issuers, other);
  }

  /** How many entries it has. */
  public int size() {
    return segments.stream().mapToInt(Segment::size).sum();
  }

  /**
   * Gathers a set that comes in many parts, for whoever needs it only as a whole. Not safe to
   * share.
   */
  public static final class Builder {
    private final List<String> issuers = new ArrayList<>();
    private final List<Segment.Run> runs = new ArrayList<>();
    private final SelectorKey.Hash hash = new SelectorKey.Hash();
    private final Duration leeway;

    /** Of nothing yet. */
    public Builder(Duration leeway) {
      this.leeway = leeway;
    }

    /** Takes more entries. */
    public void add(Collection<Revocation> more) {
      runs.add(Segment.Run.of(entries(more, issuers, hash)));
    }

    /** All that it was given. */
    public RevocationSet build() {
      Segment all = Segment.of(runs);
      return new RevocationSet(
          all.size() == 0 ? List.of() : List.of(all), List.copyOf(issuers), leeway);
    }
  }

  private static List<Segment.Entry> entries(
      Collection<Revocation> more, List<String> known, SelectorKey.Hash hash) {
    List<Segment.Entry> entries = new ArrayList<>(more.size());
    for (Revocation one : more) {
      entries.add(new Segment.Entry(hash.of(one.selector()), facts(one, known)));
    }
    return entries;
  }

  /** This set and more entries. */
  public RevocationSet with(Collection<Revocation> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<String> known = new ArrayList<>(issuers);
    List<Segment.Entry> entries = entries(more, known, new SelectorKey.Hash());
    List<Segment> grown = new ArrayList<>(segments);
    Segment last = Segment.of(entries);
    while (!grown.isEmpty() && grown.getLast().size() < (long) last.size() * GROWTH) {
      last = grown.removeLast().merged(last);
    }
    grown.add(last);
    return new RevocationSet(List.copyOf(grown), List.copyOf(known), leeway);
  }

  /** This set without one entry for each of these; those that it does not have are no matter. */
  public RevocationSet without(Collection<Revocation> gone) {
    List<Segment.Entry> entries = new ArrayList<>(gone.size());
    for (Revocation one : gone) {
      String issuer = one.issuer();
      if (issuer == null || issuers.contains(issuer)) {
        entries.add(new Segment.Entry(SelectorKey.of(one.selector()), facts(one, issuers)));
      }
    }
    entries.sort(null);
    List<Segment> left = new ArrayList<>();
    for (Segment segment : segments) {
      Segment rest = entries.isEmpty() ? segment : segment.without(entries);
      if (rest.size() > 0) {
        left.add(rest);
      }
    }
    return new RevocationSet(List.copyOf(left), issuers, leeway);
  }

  /**
   * This set without the entries that {@linkplain #isSpent are spent}.
   *
   * @param before in whole milliseconds
   */
  public RevocationSet withoutSpent(Instant before) {
    long millis = Math.clamp(before.toEpochMilli(), 0, MAX_MILLIS);
    List<Segment> left = new ArrayList<>();
    for (Segment segment : segments) {
      Segment rest =
          segment.without(facts -> (facts & 1) == 0 && facts >>> (ISSUER_BITS + 1) < millis);
      if (rest.size() > 0) {
        left.add(rest);
      }
    }
    return new RevocationSet(List.copyOf(left), issuers, leeway);
  }

  /**
   * True for an entry that hits only what was issued before it, and was made before a time.
   *
   * @param before in whole milliseconds
   */
  public static boolean isSpent(Revocation entry, Instant before) {
    return entry.reach() == Revocation.Reach.ISSUED_BEFORE
        && millis(entry.revokedAt()) < Math.clamp(before.toEpochMilli(), 0, MAX_MILLIS);
  }

  private static long millis(Instant revokedAt) {
    return Math.clamp(Revocation.millis(revokedAt), 0, MAX_MILLIS);
  }

  private static long facts(Revocation one, List<String> known) {
    long millis = millis(one.revokedAt());
    long issuer = number(one.issuer(), known);
    long reach =
        switch (one.reach()) {
          case ISSUED_BEFORE -> 0;
          case ALL -> 1;
        };
    return millis << (ISSUER_BITS + 1) | issuer << 1 | reach;
  }

  private static int number(@Nullable String issuer, List<String> known) {
    if (issuer == null) {
      return ANY_ISSUER;
    }
    int at = known.indexOf(issuer);
    if (at >= 0) {
      return at + 1;
    }
    // Without a number of its own it would hit nobody's tokens: any issuer's is the safe direction.
    if (known.size() == MAX_ISSUERS) {
      return ANY_ISSUER;
    }
    known.add(issuer);
    return known.size();
  }

  /** True where an entry hits this token. */
  public boolean revokes(Revocable token) {
    if (segments.isEmpty()) {
      return false;
    }
    LongPredicate isItsIssuers = facts -> isItsIssuers(facts, token);
    LongPredicate hits = facts -> isItsIssuers(facts, token) && reaches(facts, token);
    SelectorKey[] keys = token.keys();
    for (int i = 0; i < keys.length; i++) {
      // What has its id is about it and no other, whatever an issuer's clock said.
      LongPredicate which = i < token.ownKeys() ? isItsIssuers : hits;
      for (Segment segment : segments) {
        if (segment.anyHits(keys[i], which)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isItsIssuers(long facts, Revocable token) {
    int issuer = (int) (facts >>> 1) & MAX_ISSUERS;
    return issuer == ANY_ISSUER || issuers.get(issuer - 1).equals(token.issuer());
  }

  private boolean reaches(long facts, Revocable token) {
    boolean blocks = (facts & 1) == 1;
    Instant until = Instant.ofEpochMilli(facts >>> (ISSUER_BITS + 1));
    return blocks || !token.issuedAt().isAfter(until.plus(leeway));
  }

  /** Its size, never its entries. */
  @Override
  public String toString() {
    return "RevocationSet[" + size() + "]";
  }
}
