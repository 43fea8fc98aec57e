package io.gat.issue;

import io.gat.issue.Revocations.State;
import io.gat.log.LogRecord;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Selector;
import io.gat.revocation.RevocationSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The revocations in force with who made them and why, by their ids. Not safe to share. */
final class RevocationEntries {
  private final Map<String, Placed> byId = new LinkedHashMap<>();
  private final Map<Target, List<RevocationChange.Added>> byTarget = new HashMap<>();
  private final List<String> predecessors = new CopyOnWriteArrayList<>();
  private final RecentChanges recent;
  private long firstAccepted = Long.MAX_VALUE;

  /** Notes each change in {@code recent}, too. */
  RevocationEntries(RecentChanges recent) {
    this.recent = recent;
  }

  /** An entry and the position of its record. */
  private record Placed(RevocationChange.Added added, long position) {}

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
      boolean alters =
          switch (change) {
            case RevocationChange.Added added -> add(added, position);
            case RevocationChange.Lifted lifted -> remove(lifted.id());
            case RevocationChange.Ended ended -> {
              spent(ended.before()).forEach(this::remove);
              yield true;
            }
            case RevocationChange.Accepted accepted -> {
              predecessors.add(accepted.from());
              firstAccepted = Math.min(firstAccepted, position);
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

  private boolean add(RevocationChange.Added added, long position) {
    if (byId.putIfAbsent(added.id(), new Placed(added, position)) != null) {
      return false;
    }
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
    long first = byId.isEmpty() ? Long.MAX_VALUE : byId.values().iterator().next().position();
    return Math.min(first, firstAccepted);
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
