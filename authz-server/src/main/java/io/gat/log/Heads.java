package io.gat.log;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Where each topic ends: position and sum of its last record. Not safe to share. */
final class Heads {
  private final long[] positions;
  private final byte[][] sums;
  private long end;

  private Heads(long[] positions, byte[][] sums, long end) {
    this.positions = positions;
    this.sums = sums;
    this.end = end;
  }

  /** Before the first record. */
  static Heads origin(long floor) {
    byte[][] sums = new byte[Tables.CODES][];
    Arrays.fill(sums, Chain.origin());
    return new Heads(new long[Tables.CODES], sums, floor);
  }

  Heads copy() {
    return new Heads(positions.clone(), sums.clone(), end);
  }

  void become(Heads other) {
    System.arraycopy(other.positions, 0, positions, 0, positions.length);
    System.arraycopy(other.sums, 0, sums, 0, sums.length);
    end = other.end;
  }

  void advance(Topic topic, long position, byte[] sum) {
    positions[Tables.code(topic)] = position;
    sums[Tables.code(topic)] = sum;
    end = Math.max(end, position);
  }

  /** Leaves out positions up to one. */
  void skipTo(long position) {
    end = Math.max(end, position);
  }

  /** The last position of all. */
  long end() {
    return end;
  }

  long end(Topic topic) {
    return positions[Tables.code(topic)];
  }

  /** Where each topic ends. */
  Map<Topic, Long> ends() {
    Map<Topic, Long> ends = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      ends.put(topic, end(topic));
    }
    return ends;
  }

  byte[] sum(Topic topic) {
    return sums[Tables.code(topic)];
  }
}
