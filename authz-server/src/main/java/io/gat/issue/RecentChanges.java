package io.gat.issue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The newest changes of the revocations, by their positions, bounded: what a reader lacks that was
 * away for a while. Whoever was away for longer, or at a position of which the log has no record
 * (any more), reads everything anew.
 *
 * <p>One thread adds; any number read without waiting for it or for each other.
 */
final class RecentChanges {
  private final int most;
  private final ConcurrentSkipListMap<Long, Optional<RevocationChange>> byPosition =
      new ConcurrentSkipListMap<>();
  private int count;

  /**
   * None yet.
   *
   * @param most so many records are kept, in [1, ∞)
   */
  RecentChanges(int most) {
    this.most = most;
  }

  /**
   * Takes what the record at a position has changed.
   *
   * @param change empty where it has changed nothing
   */
  void add(long position, Optional<RevocationChange> change) {
    byPosition.put(position, change);
    count++; // the map would count its entries one by one
    if (count > most) {
      var _ = byPosition.pollFirstEntry();
      count--;
    }
  }

  /**
   * What follows a record.
   *
   * @param max at most so many records
   * @return empty where that record is not known, so that some after it may not be either
   */
  Optional<Revocations.Changes> after(long position, int max) {
    if (!byPosition.containsKey(position)) {
      return Optional.empty();
    }
    List<RevocationChange> changes = new ArrayList<>();
    long last = position;
    int records = 0;
    for (Map.Entry<Long, Optional<RevocationChange>> one :
        byPosition.tailMap(position, false).entrySet()) {
      if (records++ == max) {
        break;
      }
      one.getValue().ifPresent(changes::add);
      last = one.getKey();
    }
    // They go in the order in which they came: where this one is still here, none was missed.
    return byPosition.containsKey(position)
        ? Optional.of(new Revocations.Changes(changes, last))
        : Optional.empty();
  }
}
