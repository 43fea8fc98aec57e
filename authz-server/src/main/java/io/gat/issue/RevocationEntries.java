package io.gat.issue;

import io.gat.issue.Revocations.State;
import io.gat.log.LogRecord;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Selector;
import io.gat.revocation.RevocationSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The revocations in force with who made them and why, by their ids. Not safe to share. */
final class RevocationEntries {
  private final Map<String, Placed> byId = new LinkedHashMap<>();
  private final Map<Target, List<RevocationChange.Added>> byTarget = new HashMap<>();
  private final List<String> predecessors = new CopyOnWriteArrayList<>();

  /** By predecessor, the record that says so. */
  private final Map<String, Place> accepted = new LinkedHashMap<>();

  private final RecentChanges recent;
  private long records;

  /** Notes each change in {@code recent}, too. */
  RevocationEntries(RecentChanges recent) {
    this.recent = recent;
  }

  /**
   * Where a record stands.
   *
   * @param number how many records of the topic came before it, in this process
   */
  private record Place(long position, long number) {}

  /** An entry and its record's place. */
  private record Placed(RevocationChange.Added added, Place place) {}

  /** What entries that could cover each other have in common. */
  private record Target(Selector selector, @Nullable String issuer) {
    static Target of(Revocation revocation) {
      return new Target(revocation.selector(), revocation.issuer());
    }
  }

  /** The state after these records; they come once and in order. */
  State take(State before, List<LogRecord> records) {
    // All of them first: where one cannot be read, nothing has changed.
    List<RevocationChange> changes = records.stream().map(RevocationRecords::read).toList();
    RevocationSet set = before.revocations();
    List<Revocation> more = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      RevocationChange change = changes.get(i);
      long position = records.get(i).position();
      Place place = new Place(position, this.records++);
      boolean alters =
          switch (change) {
            case RevocationChange.Added added -> add(added, place);
            case RevocationChange.Lifted lifted -> remove(lifted.id());
            case RevocationChange.Ended ended -> {
              spent(ended.before()).forEach(this::remove);
              yield true;
            }
            case RevocationChange.Accepted continued -> {
              accept(continued, place);
              yield false;
            }
          };
      recent.add(position, alters ? Optional.of(change) : Optional.empty());
      if (!alters) {
        continue;
      }
      if (change instanceof RevocationChange.Added added) {
        more.add(added.revocation());
        continue;
      }
      set = set.with(more);
      more.clear();
      set =
          switch (change) {
            case RevocationChange.Added added -> throw new AssertionError("was taken above");
            case RevocationChange.Lifted lifted -> set.without(List.of(lifted.revocation()));
            case RevocationChange.Ended ended -> set.withoutSpent(ended.before());
            case RevocationChange.Accepted accepted -> set;
          };
    }
    return new State(records.getLast().position(), set.with(more));
  }

  private void accept(RevocationChange.Accepted change, Place place) {
    accepted.remove(change.from()); // it goes to the end, where its record is
    accepted.put(change.from(), place);
    if (!predecessors.contains(change.from())) {
      predecessors.add(change.from());
    }
  }

  /** False for an entry that there is: it was only written again, and stands there from now on. */
  private boolean add(RevocationChange.Added added, Place place) {
    Placed known = byId.get(added.id());
    if (known != null) {
      if (known.added().equals(added)) {
        byId.remove(added.id());
        byId.put(added.id(), new Placed(added, place));
      }
      return false;
    }
    byId.put(added.id(), new Placed(added, place));
    byTarget.computeIfAbsent(Target.of(added.revocation()), t -> new ArrayList<>(1)).add(added);
    return true;
  }

  private boolean remove(String id) {
    Placed placed = byId.remove(id);
    if (placed == null) {
      return false;
    }
    RevocationChange.Added entry = placed.added();
    byTarget.computeIfPresent(
        Target.of(entry.revocation()),
        (target, entries) -> {
          entries.remove(entry);
          return entries.isEmpty() ? null : entries;
        });
    return true;
  }

  Optional<RevocationChange.Added> find(String id) {
    return Optional.ofNullable(byId.get(id)).map(Placed::added);
  }

  /** Incarnations of which the log is the accepted continuation. */
  List<String> predecessors() {
    return List.copyOf(predecessors);
  }

  List<RevocationChange.Added> all() {
    return byId.values().stream().map(Placed::added).toList();
  }

  /** The position of the first record that is still needed; {@link Long#MAX_VALUE} for none. */
  long firstNeeded() {
    return first().map(Place::position).orElse(Long.MAX_VALUE);
  }

  /** The first place that is still needed: both maps are in the order of the log. */
  private Optional<Place> first() {
    return Stream.concat(
            byId.values().stream().limit(1).map(Placed::place), accepted.values().stream().limit(1))
        .min(Comparator.comparingLong(Place::position));
  }

  /**
   * What stands first in the log and is still in force, to be written again, where more records
   * behind it are not.
   *
   * @param least so many records that are not in force may be kept, in [0, ∞)
   * @param most how many changes at most
   * @return in the order of the log; empty where the log holds little else than what is in force
   */
  List<RevocationChange> keepers(int least, int most) {
    long held = first().map(place -> records - place.number()).orElse(0L);
    long needed = (long) byId.size() + accepted.size();
    if (held - needed <= Math.max(least, needed)) {
      return List.of();
    }
    record Keeper(RevocationChange change, Place place) {}
    return Stream.concat(
            byId.values().stream().limit(most).map(one -> new Keeper(one.added(), one.place())),
            accepted.entrySet().stream()
                .limit(most)
                .map(
                    one -> new Keeper(new RevocationChange.Accepted(one.getKey()), one.getValue())))
        .sorted(Comparator.comparingLong(keeper -> keeper.place().position()))
        .limit(most)
        .map(Keeper::change)
        .toList();
  }

  /**
   * An entry that hits all that this one would, made by the same one for the same reason: whoever
   * lifts what somebody else has revoked leaves this one in force.
   */
  Optional<RevocationChange.Added> cover(RevocationChange.Added other) {
    return byTarget.getOrDefault(Target.of(other.revocation()), List.of()).stream()
        .filter(entry -> entry.by().equals(other.by()) && entry.reason().equals(other.reason()))
        .filter(entry -> covers(entry.revocation(), other.revocation()))
        .findFirst();
  }

  private static boolean covers(Revocation entry, Revocation other) {
    return entry.reach() == Revocation.Reach.ALL
        || (entry.reach() == other.reach()
            && (entry.selector() instanceof Selector.ByTokenId
                || !entry.revokedAt().isBefore(other.revokedAt())));
  }

  /** The ids of the entries that {@link RevocationChange.Ended} ends. */
  List<String> spent(Instant before) {
    return byId.values().stream()
        .map(Placed::added)
        .filter(e -> RevocationSet.isSpent(e.revocation(), before))
        .map(RevocationChange.Added::id)
        .toList();
  }
}
