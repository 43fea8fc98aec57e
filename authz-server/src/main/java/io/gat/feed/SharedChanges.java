package io.gat.feed;

import io.gat.feed.v1.Changes;
import io.gat.feed.v1.FromIssuer;
import io.gat.revocation.Revocation;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What a source tells, encoded once for all streams that are at the same position.
 *
 * <p>{@link #advance} makes the step that all streams take which are up to date. Whoever is
 * elsewhere, because a proof was due in between, gets a step of its own to where the others are and
 * goes on with them. A snapshot is shared while somebody is being sent it, also with streams that
 * come a little later: the changes since then follow it.
 *
 * <p>Safe to share between threads.
 */
final class SharedChanges {
  private static final int MOST_CHANGES = 5_000;

  /** With 40 steps a second, those of the last second and a half. */
  private static final int KEPT = 64;

  private final FeedSource source;
  private final Map<Long, Step> byStart = new ConcurrentHashMap<>();
  private final Queue<Long> starts = new ArrayDeque<>();
  private long tip;
  private WeakReference<@Nullable Snapshot> snapshot = new WeakReference<>(null);

  SharedChanges(FeedSource source) {
    this.source = Objects.requireNonNull(source);
    this.tip = source.position();
  }

  /**
   * A message that leads from one position to a later one.
   *
   * @param changes how many it has
   * @param position where a stream is after it
   */
  record Step(Outgoing message, int changes, long position) {
    Step {
      Objects.requireNonNull(message);
    }
  }

  /** Makes the steps to where the source is now. */
  synchronized void advance() {
    while (tip < source.position()) {
      long start = tip;
      Optional<Step> step = make(start);
      if (step.isEmpty()) {
        tip = source.position(); // nobody who is at the tip can be told: they begin anew
        return;
      }
      if (starts.size() == KEPT) {
        byStart.remove(starts.remove());
      }
      starts.add(start);
      byStart.put(start, step.get());
      tip = step.get().position();
    }
  }

  /**
   * What follows a position; there is something only where the source is past it.
   *
   * @return empty where it cannot be told any more, so that the stream begins anew
   */
  Optional<Step> after(long position) {
    Step shared = byStart.get(position);
    return shared != null ? Optional.of(shared) : make(position);
  }

  private Optional<Step> make(long after) {
    return source
        .changesAfter(after, MOST_CHANGES)
        .map(
            next -> {
              Changes.Builder message =
                  Changes.newBuilder()
                      .setAfter(after)
                      .setPosition(next.position())
                      .setComplete(true);
              next.changes().forEach(change -> message.addChanges(FeedMessages.write(change)));
              return new Step(encoded(message), next.changes().size(), next.position());
            });
  }

  private static Outgoing encoded(Changes.Builder changes) {
    return Outgoing.of(FromIssuer.newBuilder().setChanges(changes).build());
  }

  /** All revocations in force, in parts that are encoded when the first stream needs them. */
  static final class Snapshot {
    private final List<Revocation> revocations;
    private final long position;
    private final AtomicReferenceArray<@Nullable Outgoing> parts;

    private Snapshot(FeedSource.All all) {
      this.revocations = all.revocations();
      this.position = all.position();
      this.parts =
          new AtomicReferenceArray<>(
              Math.max(1, (revocations.size() + MOST_CHANGES - 1) / MOST_CHANGES));
    }

    /** Where a stream is after all parts. */
    long position() {
      return position;
    }

    /** How many there are, in [1, ∞). */
    int parts() {
      return parts.length();
    }

    /** How many revocations a part has. */
    int size(int part) {
      return Math.min(revocations.size(), (part + 1) * MOST_CHANGES) - part * MOST_CHANGES;
    }

    /** A part; a race makes the same twice. */
    Outgoing part(int part) {
      Outgoing made = parts.get(part);
      if (made == null) {
        int from = part * MOST_CHANGES;
        Changes.Builder message =
            Changes.newBuilder().setPosition(position).setComplete(part == parts.length() - 1);
        revocations
            .subList(from, from + size(part))
            .forEach(one -> message.addChanges(FeedMessages.write(new FeedChange.Added(one))));
        made = encoded(message);
        parts.set(part, made);
      }
      return made;
    }
  }

  /** A snapshot from which a stream can go on. */
  synchronized Snapshot snapshot() {
    Snapshot known = snapshot.get();
    if (known == null || source.changesAfter(known.position(), 1).isEmpty()) {
      known = new Snapshot(source.all());
      snapshot = new WeakReference<>(known);
    }
    return known;
  }
}
