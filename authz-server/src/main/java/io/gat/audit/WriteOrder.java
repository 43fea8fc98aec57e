package io.gat.audit;

import java.util.Map;
import java.util.TreeMap;

/**
 * Whether lines of an export are in the order of the positions that their records had. Remembers
 * the latest of them only.
 */
final class WriteOrder {
  private static final int MOST = 10_000;

  private final TreeMap<Long, Long> positions = new TreeMap<>();

  /** Notes where a line's record was; false where lines before or behind it were elsewhere. */
  boolean fits(long line, long position) {
    Map.Entry<Long, Long> before = positions.lowerEntry(line);
    Map.Entry<Long, Long> behind = positions.higherEntry(line);
    if ((before != null && before.getValue() >= position)
        || (behind != null && behind.getValue() <= position)) {
      return false;
    }
    positions.put(line, position);
    if (positions.size() > MOST) {
      positions.pollFirstEntry();
    }
    return true;
  }
}
