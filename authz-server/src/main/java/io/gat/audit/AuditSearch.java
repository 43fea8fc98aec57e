package io.gat.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.audit.AuditRecord.Content;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Looks for events, and holds no more of them than it is asked for. */
public final class AuditSearch {
  private final AuditSource source;
  private final AuditQuery query;
  private long unreadable;

  public AuditSearch(AuditSource source, AuditQuery query) {
    this.source = Objects.requireNonNull(source);
    this.query = Objects.requireNonNull(query);
  }

  /**
   * An event and its record.
   *
   * @param place the record's position in the log, or its line in an export
   */
  public record Found(long place, AuditRecord record, AuditEvent event) {
    public Found {
      Objects.requireNonNull(record);
      Objects.requireNonNull(event);
    }

    /**
     * As members of a JSON object.
     *
     * @param placeName what the place is called
     */
    public void writeFields(JsonGenerator json, String placeName) throws IOException {
      json.writeNumberField(placeName, place);
      json.writeStringField("writer", record.writer());
      json.writeNumberField("sequence", record.sequence());
      json.writeStringField("time", record.time().toString());
      AuditRecordJson.writeFields(json, event);
    }
  }

  /** All events, in their order, as they are found. */
  public void each(Consumer<Found> found) {
    source.read((place, payload) -> look(place, payload, found));
  }

  /**
   * The newest events, in their order.
   *
   * @param limit how many at most, in [1, ∞)
   */
  public List<Found> newest(int limit) {
    ArrayDeque<Found> newest = new ArrayDeque<>();
    each(
        found -> {
          if (newest.size() == limit) {
            newest.remove();
          }
          newest.add(found);
        });
    return List.copyOf(newest);
  }

  /**
   * One page of events.
   *
   * @param events in their order
   * @param next where the next page begins: the position behind which it reads
   * @param ended true where the log has no more
   */
  public record Page(List<Found> events, long next, boolean ended) {
    public Page {
      events = List.copyOf(events);
    }
  }

  /**
   * The first events, and where to go on.
   *
   * @param limit how many at most, in [1, ∞)
   * @param most how many records are looked at, in [1, ∞)
   * @param after where the source begins
   */
  public Page page(int limit, long most, long after) {
    ArrayDeque<Found> events = new ArrayDeque<>();
    long[] next = {after};
    long[] seen = {0};
    boolean[] stopped = {false};
    source.readWhile(
        (place, payload) -> {
          look(place, payload, events::add);
          next[0] = place;
          stopped[0] = events.size() >= limit || ++seen[0] >= most;
          return !stopped[0];
        });
    return new Page(List.copyOf(events), next[0], !stopped[0]);
  }

  private void look(long place, String payload, Consumer<Found> found) {
    if (!query.mayMatch(payload)) {
      return;
    }
    try {
      AuditRecord record = AuditRecordJson.read(payload);
      if (query.matches(record) && record.content() instanceof Content.Happened happened) {
        found.accept(new Found(place, record, happened.event()));
      }
    } catch (UnreadableRecordException e) {
      unreadable++;
    }
  }

  /** How many records could not be read so far: damaged, or of a later version. */
  public long unreadable() {
    return unreadable;
  }
}
