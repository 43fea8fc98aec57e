package io.gat.keys.life;

import io.gat.log.LogException;
import io.gat.log.LogRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All keys and where in their lives they are, as the log's records up to a position add up:
 * immutable, and the same for whoever reads the same log.
 */
public final class KeyRing {
  /** How many retired keys it remembers, for people. */
  private static final int REMEMBERED = 100;

  private static final KeyRing EMPTY =
      new KeyRing(0, 0, new State(List.of(), Optional.empty(), Asked.NEVER, Asked.NEVER));

  private final long position;
  private final int records;
  private final Map<String, KeyEntry> keys;
  private final @Nullable Canary canary;
  private final Asked rotation;
  private final Asked urgent;

  /**
   * A rotation that was asked for.
   *
   * @param position of the record, 0 for never
   * @param by who
   */
  record Asked(long position, String by) {
    static final Asked NEVER = new Asked(0, "");

    Asked {
      Objects.requireNonNull(by);
    }
  }

  /** What is in a ring. */
  record State(List<KeyEntry> keys, Optional<Canary> canary, Asked rotation, Asked urgent) {
    State {
      keys = List.copyOf(keys);
      Objects.requireNonNull(canary);
      Objects.requireNonNull(rotation);
      Objects.requireNonNull(urgent);
    }
  }

  private KeyRing(long position, int records, State state) {
    this.position = position;
    this.records = records;
    Map<String, KeyEntry> byKid = new LinkedHashMap<>();
    state.keys().forEach(k -> byKid.put(k.kid(), k));
    this.keys = byKid;
    this.canary = state.canary().orElse(null);
    this.rotation = state.rotation();
    this.urgent = state.urgent();
  }

  /** The ring of a log without records of keys. */
  public static KeyRing empty() {
    return EMPTY;
  }

  /** The position of the last record in it, 0 for none. */
  public long position() {
    return position;
  }

  /** How many records it was read from, since the last summary. */
  int records() {
    return records;
  }

  /** In the order in which they were published. */
  public Collection<KeyEntry> keys() {
    return List.copyOf(keys.values());
  }

  public Optional<KeyEntry> key(String kid) {
    return Optional.ofNullable(keys.get(kid));
  }

  /** The canary that runs. */
  public Optional<Canary> canary() {
    return Optional.ofNullable(canary);
  }

  /** The last rotation that was asked for; it may wait for the lead. */
  Asked rotation() {
    return rotation;
  }

  /** The last rotation that was to be done at once. */
  Asked urgent() {
    return urgent;
  }

  State state() {
    return new State(List.copyOf(keys.values()), canary(), rotation, urgent);
  }

  /**
   * The ring with one more record.
   *
   * @throws LogException where the record does not fit: corruption, or a newer version of gat
   */
  KeyRing with(LogRecord record) {
    if (record.position() <= position) {
      throw new IllegalArgumentException("records come in their order");
    }
    KeyEvent event = KeyEventJson.read(record);
    if (event instanceof KeyEvent.Summary summary) {
      return new KeyRing(record.position(), 0, summary.ring());
    }
    KeyRing certain = new KeyRing(position, records, confirmed(event.at()));
    return new KeyRing(record.position(), records + 1, certain.next(record.position(), event));
  }

  /** Whoever has written a record has read all before it. */
  private State confirmed(Instant later) {
    return new State(
        keys.values().stream().map(k -> k.confirmedAt(later)).toList(), canary(), rotation, urgent);
  }

  private State next(long at, KeyEvent event) {
    return switch (event) {
      case KeyEvent.Published p -> published(at, p);
      case KeyEvent.Activated a -> replace(activated(at, a));
      case KeyEvent.Renewed r -> renewed(at, r);
      case KeyEvent.Retiring r -> replace(retiring(at, r));
      case KeyEvent.Confirmed c -> state();
      case KeyEvent.Retired r -> replace(retired(at, r));
      case KeyEvent.Revoked r -> replace(revoked(at, r));
      case KeyEvent.Rewrapped r -> replace(known(at, r.kid()).wrappedAs(r.wrapped()));
      case KeyEvent.RotationAsked r -> asked(new Asked(at, r.by()), r.urgency());
      case KeyEvent.CanarySet c ->
          new State(state().keys(), Optional.of(c.canary()), rotation, urgent);
      case KeyEvent.CanaryStopped c ->
          new State(state().keys(), Optional.empty(), rotation, urgent);
      case KeyEvent.Summary s -> s.ring();
    };
  }

  private State published(long at, KeyEvent.Published event) {
    // Nobody can have read an older key set where there was none.
    KeyEntry.Lead lead = position == 0 ? KeyEntry.Lead.NOT_NEEDED : KeyEntry.Lead.NEEDED;
    List<KeyEntry> all = new ArrayList<>(keys.values());
    for (KeyEvent.NewKey key : event.keys()) {
      if (keys.containsKey(key.kid())) {
        throw misfit(at, "publishes " + key.kid() + " again");
      }
      all.add(
          new KeyEntry(
              key.kid(),
              key.algorithm(),
              key.publicJwk(),
              key.wrapped(),
              event.at(),
              at,
              lead,
              KeyEntry.Certainty.CLAIMED,
              new Stage.Pending()));
    }
    return new State(all, canary(), rotation, urgent);
  }

  private KeyEntry activated(long at, KeyEvent.Activated event) {
    KeyEntry key = known(at, event.kid());
    if (!(key.stage() instanceof Stage.Pending)) {
      throw misfit(at, "activates " + key.kid() + ", which is not pending");
    }
    return key.at(
        new Stage.Active(event.writer(), event.role(), event.at(), at, event.signsUntil()));
  }

  private State renewed(long at, KeyEvent.Renewed event) {
    Map<String, KeyEntry> all = new LinkedHashMap<>(keys);
    for (String kid : event.kids()) {
      Stage.Active old = active(at, kid);
      all.put(
          kid,
          known(at, kid)
              .at(
                  new Stage.Active(
                      old.writer(), old.role(), old.since(), old.position(), event.signsUntil())));
    }
    return new State(List.copyOf(all.values()), canary(), rotation, urgent);
  }

  private KeyEntry retiring(long at, KeyEvent.Retiring event) {
    Stage.Active old = active(at, event.kid());
    return known(at, event.kid())
        .at(
            new Stage.Retiring(
                old.writer(),
                old.role(),
                old.since(),
                old.position(),
                event.at(),
                event.toldFor(),
                event.ends()));
  }

  private KeyEntry retired(long at, KeyEvent.Retired event) {
    KeyEntry key = known(at, event.kid());
    return switch (key.stage()) {
      case Stage.Pending p -> key.at(unclaimed(event.at(), Stage.Why.UNUSED));
      case Stage.Retiring r ->
          key.at(
              new Stage.Retired(r.writer(), r.role(), r.position(), event.at(), Stage.Why.SPENT));
      case Stage.Active a -> throw misfit(at, "retires " + key.kid() + ", which is active");
      case Stage.Retired r -> throw misfit(at, "retires " + key.kid() + " again");
    };
  }

  private KeyEntry revoked(long at, KeyEvent.Revoked event) {
    KeyEntry key = known(at, event.kid());
    return switch (key.stage()) {
      case Stage.Pending p -> key.at(unclaimed(event.at(), Stage.Why.REVOKED));
      case Stage.Active a ->
          key.at(
              new Stage.Retired(a.writer(), a.role(), a.position(), event.at(), Stage.Why.REVOKED));
      case Stage.Retiring r ->
          key.at(
              new Stage.Retired(r.writer(), r.role(), r.position(), event.at(), Stage.Why.REVOKED));
      case Stage.Retired r -> throw misfit(at, "revokes " + key.kid() + ", which is retired");
    };
  }

  private static Stage.Retired unclaimed(Instant at, Stage.Why why) {
    return new Stage.Retired("", KeyRole.STANDARD, 0, at, why);
  }

  private State asked(Asked asked, KeyEvent.Urgency urgency) {
    return switch (urgency) {
      case WHEN_KNOWN -> new State(state().keys(), canary(), asked, urgent);
      case NOW -> new State(state().keys(), canary(), asked, asked);
    };
  }

  private State replace(KeyEntry key) {
    Map<String, KeyEntry> all = new LinkedHashMap<>(keys);
    all.put(key.kid(), key);
    List<String> retired =
        all.values().stream().filter(k -> !k.isPublished()).map(KeyEntry::kid).toList();
    retired.subList(0, Math.max(0, retired.size() - REMEMBERED)).forEach(all::remove);
    return new State(List.copyOf(all.values()), canary(), rotation, urgent);
  }

  private Stage.Active active(long at, String kid) {
    if (known(at, kid).stage() instanceof Stage.Active active) {
      return active;
    }
    throw misfit(at, "is about " + kid + ", which is not active");
  }

  private KeyEntry known(long at, String kid) {
    KeyEntry key = keys.get(kid);
    if (key == null) {
      throw misfit(at, "is about " + kid + ", which was never published");
    }
    return key;
  }

  private static LogException misfit(long at, String what) {
    return new LogException(
        "the log's record "
            + at
            + " "
            + what
            + "; it was damaged, or written by another version of gat");
  }

  @Override
  public String toString() {
    return "KeyRing[" + position + ", " + keys.keySet() + "]";
  }
}
